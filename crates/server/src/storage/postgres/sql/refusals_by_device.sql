SELECT device, count(*) FROM refusals GROUP BY device
