import { Link } from "@tanstack/react-router";
import { EmptyState } from "../components/feedback";

export function NotFoundPage() {
  return (
    <div className="grid flex-1 place-items-center">
      <div>
        <h1 className="sr-only">Not found</h1>
        <EmptyState title="Page not found">The address may be incomplete or from another release.</EmptyState>
        <p className="text-center">
          <Link to="/" className="link">
            Go to the dashboard
          </Link>
        </p>
      </div>
    </div>
  );
}
