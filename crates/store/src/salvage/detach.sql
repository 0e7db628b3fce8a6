DETACH lost;
