from pkg import driver


class Fake(driver.Driver):
    def spawn(self, context, instance):
        return instance

    def destroy(self, context, instance, force=False):
        return instance

    def reset(self):
        return None
