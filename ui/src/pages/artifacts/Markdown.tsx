import Render from "react-markdown";
import gfm from "remark-gfm";

/** Markdown without HTML; images and links of other origins are links that say where they go. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <Render
        remarkPlugins={[gfm]}
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noreferrer noopener" className="link">
              {children}
            </a>
          ),
          input: ({ checked }) => (
            <input
              type="checkbox"
              disabled
              checked={checked ?? false}
              aria-label={checked ? "Done" : "To do"}
              className="mr-1 align-middle accent-[var(--accent)]"
            />
          ),
          img: ({ src, alt }) =>
            typeof src === "string" && src.startsWith("data:image/") ? (
              <img src={src} alt={alt ?? ""} />
            ) : (
              <span>{alt ?? String(src)}</span>
            ),
        }}
      >
        {text}
      </Render>
    </div>
  );
}
