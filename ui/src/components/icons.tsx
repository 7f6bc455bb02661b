import type { ReactNode, SVGProps } from "react";

/**
 * Line icons on a 16 × 16 grid, drawn in the text's colour. They say nothing to a screen reader: the words beside them
 * do.
 */
const icon = (drawing: ReactNode) =>
  function Icon(props: SVGProps<SVGSVGElement>) {
    return (
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        {...props}
      >
        {drawing}
      </svg>
    );
  };

export const Sphere = icon(
  <>
    <circle cx="8" cy="8" r="6.5" />
    <ellipse cx="8" cy="8" rx="6.5" ry="2.5" transform="rotate(-24 8 8)" />
    <ellipse cx="8" cy="8" rx="2.5" ry="6.5" transform="rotate(-24 8 8)" />
    <circle cx="8" cy="8" r=".9" fill="currentColor" />
  </>,
);
export const Dashboard = icon(
  <>
    <rect x="2" y="2" width="5" height="7" rx="1" />
    <rect x="9" y="2" width="5" height="4" rx="1" />
    <rect x="9" y="8" width="5" height="6" rx="1" />
    <rect x="2" y="11" width="5" height="3" rx="1" />
  </>,
);
export const Runs = icon(
  <>
    <path d="M2 4h6M2 8h12M6 12h8" />
    <circle cx="11" cy="4" r="1.6" />
    <circle cx="3.4" cy="12" r="1.6" />
  </>,
);
export const Flows = icon(
  <>
    <circle cx="3.5" cy="8" r="1.8" />
    <circle cx="12.5" cy="3.5" r="1.8" />
    <circle cx="12.5" cy="12.5" r="1.8" />
    <path d="M5.2 7.2 10.8 4.3M5.2 8.8l5.6 2.9" />
  </>,
);
export const Deployments = icon(
  <>
    <path d="M8 1.8 13.5 5v6L8 14.2 2.5 11V5Z" />
    <path d="M2.8 5.2 8 8l5.2-2.8M8 8v6" />
  </>,
);
export const Queues = icon(
  <>
    <path d="M2 3.5h12M2 8h12M2 12.5h7" />
    <path d="m11.5 11 2 1.5-2 1.5" />
  </>,
);
export const Artifacts = icon(
  <>
    <path d="M3 2h6.5L13 5.5V14H3Z" />
    <path d="M9.5 2v3.5H13M5.5 9h5M5.5 11.5h3" />
  </>,
);
export const Settings = icon(
  <>
    <circle cx="8" cy="8" r="2.2" />
    <path d="M8 1.6v2M8 12.4v2M1.6 8h2M12.4 8h2" />
    <path d="M3.5 3.5l1.4 1.4M11.1 11.1l1.4 1.4M12.5 3.5l-1.4 1.4M4.9 11.1l-1.4 1.4" />
  </>,
);
export const Search = icon(
  <>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </>,
);
export const Star = icon(<path d="m8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6Z" />);
export const Filter = icon(<path d="M2 4h12M4.5 8h7M6.5 12h3" />);
export const Close = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const Check = icon(<path d="m3 8.5 3.2 3.2L13 5" />);
export const Expand = icon(<path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13 3 9.5 6.5M3 13l3.5-3.5" />);
export const Copy = icon(
  <>
    <rect x="5" y="5" width="8.5" height="8.5" rx="1.5" />
    <path d="M11 2.5H4A1.5 1.5 0 0 0 2.5 4v7" />
  </>,
);
export const Chevron = icon(<path d="m4 6 4 4 4-4" />);
export const More = icon(
  <>
    <circle cx="3" cy="8" r=".8" fill="currentColor" />
    <circle cx="8" cy="8" r=".8" fill="currentColor" />
    <circle cx="13" cy="8" r=".8" fill="currentColor" />
  </>,
);
export const Play = icon(<path d="M4.5 2.8v10.4L13 8Z" />);
export const Pause = icon(<path d="M5.5 3v10M10.5 3v10" />);
export const Clock = icon(
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.5V8l2.5 1.5" />
  </>,
);
export const Plus = icon(<path d="M8 3v10M3 8h10" />);
export const Trash = icon(<path d="M2.5 4.5h11M6 4V2.5h4V4M4 4.5l.6 9h6.8l.6-9M6.5 7v4M9.5 7v4" />);
export const Download = icon(<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />);
export const Sun = icon(
  <>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13" />
  </>,
);
export const Moon = icon(<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />);
export const Retry = icon(<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3" />);
export const Terminal = icon(<path d="m3 4.5 3.5 3.5L3 11.5M8 12h5" />);
export const Radar = icon(
  <>
    <circle cx="8" cy="8" r="6.3" />
    <circle cx="8" cy="8" r="3" />
    <path d="M8 8 12.5 3.6" />
  </>,
);
export const Timeline = icon(<path d="M2 3.5h6M5 8h7M8.5 12.5H14" />);
export const External = icon(<path d="M6.5 3H3v10h10V9.5M9.5 2.5h4v4M13 3 7.5 8.5" />);

/** One shape for each state, so that colour is never the only difference. */
export const STATE_ICONS = {
  COMPLETED: Check,
  FAILED: Close,
  CRASHED: icon(<path d="M9 1.5 4 9h3.5L6.5 14.5 12 6.8H8.4Z" />),
  RUNNING: Play,
  SCHEDULED: Clock,
  LATE: icon(
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.5V8.5M8 11v.2" />
    </>,
  ),
  PENDING: More,
  PAUSED: Pause,
  CANCELLING: icon(<rect x="4" y="4" width="8" height="8" rx="1.5" strokeDasharray="2 2" />),
  CANCELLED: icon(
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m4 12 8-8" />
    </>,
  ),
} as const;
