"""What our servers are made of: an application, requests that are refused before they cost anything, a socket."""
