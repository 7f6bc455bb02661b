/** Where to go after signing in: a place of this site, else its front page. */
export function placeAfter(next: string | undefined, origin: string): string {
  try {
    const place = new URL(next ?? "/", origin);
    return place.origin === origin ? place.pathname + place.search + place.hash : "/";
  } catch {
    return "/";
  }
}
