class Driver:
    def spawn(self, context, instance, network=None):
        raise NotImplementedError()

    def destroy(self, context, instance, force=True):
        raise NotImplementedError()
