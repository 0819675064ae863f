"""The service that readers subscribe, confirm, choose and leave by."""
