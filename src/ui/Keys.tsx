/** Keys as they stand on the keyboard. Not shown where there is none (touch). */
export function Keys({ caps }: { readonly caps: readonly string[] }) {
  return (
    <span className="keys">
      {caps.map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
