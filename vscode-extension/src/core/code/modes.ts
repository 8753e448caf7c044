/** Whether a terminal, whose modes `stty -a` tells, hands over each key as it is. */
export function takesKeys(modes: string): boolean {
  const words = modes.split(/\s+/);
  return words.includes('-icanon') && words.includes('-icrnl');
}
