SELECT commune FROM feeds ORDER BY commune
