"""Drives the drivers."""

from pkg import driver


class FakeDriver(driver.Driver):
    """Runs nothing."""

    def spawn(self, context, instance):
        pass


class Manager:
    """Calls a driver."""

    def __init__(self):
        self.driver = driver.load("fake")

    def start(self, context, instance):
        self.driver.spawn(context, instance)

    def stop(self, context, instance):
        self.driver.destroy(context, instance)
        self.driver.reboot(context, instance)
