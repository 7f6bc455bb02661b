import { Link } from "@tanstack/react-router";
import { EmptyState } from "../components/feedback";

export function NotFoundPage() {
  return (
    <div className="grid flex-1 place-items-center">
      <div>
        <h1 className="sr-only">Not found</h1>
        <EmptyState title="There is no such page">The address may be of another release, or cut short.</EmptyState>
        <p className="text-center">
          <Link to="/" className="link">
            To the dashboard
          </Link>
        </p>
      </div>
    </div>
  );
}
