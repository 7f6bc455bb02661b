import { Button } from "../components/controls";
import { Moon, Sun } from "../components/icons";
import { isDark, setTheme, useTheme } from "./theme";

export function ThemeSwitch() {
  useTheme();
  const dark = isDark();
  return (
    <Button
      kind="quiet"
      square
      aria-label={dark ? "Use light colours" : "Use dark colours"}
      onClick={() => setTheme(dark ? "light" : "dark")}
    >
      {dark ? <Sun /> : <Moon />}
    </Button>
  );
}
