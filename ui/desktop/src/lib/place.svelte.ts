/** What the bar at the top says while a household is open. */
class Place {
  household = $state<{ name: string; where: string; saved: string | null; saving: boolean } | null>(null);
}

export const place = new Place();
