import { useEffect, useRef } from "react";

const SETTING = "plumbline-keys";
export const keysAreOn = (): boolean => localStorage.getItem(SETTING) !== "off";
export const switchKeys = (on: boolean): void => localStorage.setItem(SETTING, on ? "on" : "off");

/** Where a key belongs to somebody else: fields, menus, dialogs, and anything with a modifier. */
function inert(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing)
    return true;
  const target = event.target;
  if (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"))
  )
    return true;
  return document.querySelector('[role="dialog"], [role="menu"]') !== null;
}

/**
 * Single keys and chords ("g o") while this component is shown. Nothing bound here writes to a system.
 * @param handlers key, as `KeyboardEvent.key`, to what it does
 */
export function useKeys(handlers: Readonly<Record<string, () => void>>): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    let first: string | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (!keysAreOn() || inert(event)) return;
      const handler = (first && latest.current[`${first} ${event.key}`]) ?? latest.current[event.key];
      first = event.key === "g" ? "g" : null;
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** Moves the focus among elements that match, from the focused one on; stops at the ends. */
export function moveFocus(selector: string, step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(selector)];
  const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next =
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
