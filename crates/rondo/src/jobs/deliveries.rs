//! The sweep of webhook deliveries: what is due is sent, what failed is sent again.
