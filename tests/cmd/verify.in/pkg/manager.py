class Manager:
    def run(self, context, instance):
        self.driver.spawn(context, instance, network="n")
        self.driver.destroy(context, instance)
