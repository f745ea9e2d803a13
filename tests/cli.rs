//! The command line as data: each file under `tests/cmd` is a command, the folder that it runs in, and what it says. To
//! take over what it says now, `TRYCMD=overwrite cargo test --test cli`, and read the difference.

#[test]
fn commands_say_what_is_written_down() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        // A sandbox inside somebody's repository is still no repository.
        .env(
            "GIT_CEILING_DIRECTORIES",
            std::env::temp_dir().to_string_lossy(),
        )
        .case("tests/cmd/*.toml");
}
