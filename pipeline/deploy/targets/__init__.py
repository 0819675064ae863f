"""Where a site can be deployed to, one module each; none knows another."""
