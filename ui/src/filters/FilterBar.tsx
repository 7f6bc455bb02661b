import { type KeyboardEvent, useId, useRef, useState } from "react";
import { classes } from "../components/classes";
import { Search } from "../components/icons";
import { useNow } from "../time/now";
import { useZone } from "../time/zone";
import { FilterPanel } from "./FilterPanel";
import { SavedSearches } from "./SavedSearches";
import { formatTokens, formatToken, parseTokens } from "./tokens";
import { TokenChip } from "./TokenChip";
import { useOffers } from "./offers";

/** The bar above the dashboard and the runs. `text` is the whole filter, as it stands in the URL. */
export function FilterBar({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(-1);
  const [isWriting, setWriting] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const now = useNow();
  const zone = useZone();
  const tokens = parseTokens(text);
  const found = useOffers(typed);
  const offers = isWriting ? found : [];
  const take = (more: string) => {
    setTyped("");
    setChosen(-1);
    if (more.trim()) onChange(formatTokens([...tokens, ...parseTokens(more)]));
  };
  const pick = (offer: string) => (offer.endsWith(":") ? setTyped(offer) : take(offer));
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      const offer = offers[chosen];
      if (offer) pick(offer);
      else take(typed);
    } else if (event.key === "Backspace" && !typed && tokens.length) onChange(formatTokens(tokens.slice(0, -1)));
    else if (event.key === "Escape") setTyped("");
    else if (offers.length && event.key === "ArrowDown") setChosen((chosen + 1) % offers.length);
    else if (offers.length && event.key === "ArrowUp") setChosen((chosen + offers.length - 1) % offers.length);
    else return;
    if (event.key !== "Backspace") event.preventDefault();
  };
  return (
    <div className="relative">
      <div className="card flex min-h-11 items-stretch">
        <div
          className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5 px-3 py-1.5"
          onClick={() => input.current?.focus()}
        >
          <Search className="shrink-0 text-muted" />
          {tokens.map((token, at) => (
            <TokenChip
              key={`${at} ${formatToken(token)}`}
              token={token}
              now={now}
              zone={zone}
              onRemove={() => onChange(formatTokens(tokens.filter((_, index) => index !== at)))}
            />
          ))}
          <input
            ref={input}
            data-search
            role="combobox"
            aria-label="Filter runs"
            aria-expanded={offers.length > 0}
            aria-controls={listId}
            aria-autocomplete="list"
            {...(chosen >= 0 ? { "aria-activedescendant": `${listId}-${chosen}` } : {})}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setChosen(-1);
            }}
            onKeyDown={onKey}
            onFocus={() => setWriting(true)}
            onBlur={() => setWriting(false)}
            placeholder={tokens.length ? "" : "Search by name, or state:failed tag:ml flow:pipeline after:-3d …"}
            className="min-w-24 flex-1 bg-transparent py-1 outline-none placeholder:text-muted"
          />
        </div>
        <div className="flex shrink-0 items-center gap-1 border-l border-line px-2">
          <SavedSearches text={text} onChange={onChange} />
          <FilterPanel text={text} onChange={onChange} />
        </div>
      </div>
      <ul
        id={listId}
        role="listbox"
        aria-label="Completions"
        hidden={!offers.length}
        className={classes(
          "absolute top-full left-8 z-30 mt-1 max-w-[calc(100%-2rem)] min-w-56 rounded-lg border border-line",
          "bg-[var(--raised)] p-1 shadow-[var(--shadow)]",
        )}
      >
        {offers.map((offer, at) => (
          <li
            key={offer}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={at === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(offer);
            }}
            className={classes(
              "cursor-pointer truncate rounded-md px-2.5 py-1 font-mono text-[12.5px] hover:bg-[var(--hover)]",
              at === chosen ? "bg-[var(--hover)]" : "",
            )}
          >
            {offer}
          </li>
        ))}
      </ul>
    </div>
  );
}
