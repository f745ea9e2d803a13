//! One case per kind of effect.
