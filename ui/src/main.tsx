import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client";
import { Toasts } from "./components/Toasts";
import { goLive } from "./live/live";
import { router } from "./router";
import "./styles.css";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // Keep cached data on the page while the server is unreachable; the badge shows that it is old.
      retry: (failures, error) =>
        (error instanceof Problem && isAway(error)) || (failures < 2 && !(error instanceof Problem)),
      retryDelay: (failures) => Math.min(250 * 2 ** failures, 4_000),
    },
  },
});

const isAway = (problem: Problem): boolean => problem.status === 0 || problem.status === 503;

if (location.pathname !== "/signin") goLive(queries);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
);
