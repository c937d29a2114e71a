import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { light: "dark", dark: "auto", auto: "light" };
const WORD: Record<MantineColorScheme, string> = { light: "Light", dark: "Dark", auto: "System" };

/** Light, dark, or as the system has it; kept in this browser. */
export function ThemeButton(props: { className?: string }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <button
      type="button"
      className={props.className ?? "chip wide-only"}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    >
      {WORD[colorScheme]}
      <span className="hidden"> colours, change to {WORD[NEXT[colorScheme]]}</span>
    </button>
  );
}
