import { type CSSVariablesResolver, createTheme } from "@mantine/core";

/** Mantine gives behaviour; its colours, type and radii are ours. */
export const theme = createTheme({
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 4,
  respectReducedMotion: true,
  cursorType: "pointer",
});

const ours = {
  "--mantine-color-body": "var(--raise)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-3)",
  "--mantine-color-default-border": "var(--line-2)",
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: { "--mantine-line-height": "18px" },
  light: ours,
  dark: ours,
});
