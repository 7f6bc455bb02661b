import { Button } from "../../components/controls";
import { Expand, Plus } from "../../components/icons";

const STEP = 1.4;

export function ZoomButtons({ zoomBy, onFit }: { zoomBy: (factor: number) => void; onFit: () => void }) {
  return (
    <div className="absolute right-3 bottom-[188px] z-10 flex gap-1">
      <Button square aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(STEP)}>
        <Plus />
      </Button>
      <Button square aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoomBy(1 / STEP)}>
        −
      </Button>
      <Button square aria-label="Fit everything" title="Fit everything (0)" onClick={onFit}>
        <Expand />
      </Button>
    </div>
  );
}
