/** How long something has lasted: `3 s`, `2 min`, `1 h 5 min`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) {
    return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  }
  return whole < 60 ? `${whole} s` : `${minutes} min`;
}
