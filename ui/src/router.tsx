import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  stringifySearchWith,
} from "@tanstack/react-router";
import { ErrorState } from "./components/feedback";
import { NotFoundPage } from "./pages/NotFoundPage";
import { Shell } from "./shell/Shell";

type Search = Record<string, unknown>;

/** What of a view stands in the URL; anything else in it is dropped. */
const texts =
  <Name extends string>(...names: Name[]) =>
  (search: Search): { [Key in Name]?: string | undefined } =>
    Object.fromEntries(
      names.flatMap((name) =>
        ["string", "number", "boolean"].includes(typeof search[name]) ? [[name, String(search[name])]] : [],
      ),
    ) as { [Key in Name]?: string | undefined };

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <Shell>
      <NotFoundPage />
    </Shell>
  ),
  errorComponent: ({ error }) => <ErrorState error={error} retry={() => location.reload()} />,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  errorComponent: ({ error, reset }) => (
    <Shell>
      <ErrorState error={error} retry={reset} />
    </Shell>
  ),
});

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: "/",
  validateSearch: texts("q", "tab"),
  component: lazyRouteComponent(() => import("./pages/dashboard/DashboardPage"), "DashboardPage"),
});
const runs = createRoute({
  getParentRoute: () => shell,
  path: "/runs",
  validateSearch: texts("q", "sort", "tab"),
  component: lazyRouteComponent(() => import("./pages/runs/RunsPage"), "RunsPage"),
});
const flowRun = createRoute({
  getParentRoute: () => shell,
  path: "/runs/flow-run/$id",
  validateSearch: texts("tab", "level", "search", "line", "state"),
  component: lazyRouteComponent(() => import("./pages/flowRun/FlowRunPage"), "FlowRunPage"),
});
const radar = createRoute({
  getParentRoute: () => shell,
  path: "/runs/flow-run/$id/radar",
  validateSearch: texts("view", "node", "try", "open", "fold", "at", "time"),
  component: lazyRouteComponent(() => import("./radar/view/RunViewPage"), "RunViewPage"),
});
const taskRun = createRoute({
  getParentRoute: () => shell,
  path: "/runs/task-run/$id",
  validateSearch: texts("tab", "level", "search", "line"),
  component: lazyRouteComponent(() => import("./pages/taskRun/TaskRunPage"), "TaskRunPage"),
});
const flows = createRoute({
  getParentRoute: () => shell,
  path: "/flows",
  validateSearch: texts("q"),
  component: lazyRouteComponent(() => import("./pages/flows/FlowsPage"), "FlowsPage"),
});
const flow = createRoute({
  getParentRoute: () => shell,
  path: "/flows/$id",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./pages/flows/FlowPage"), "FlowPage"),
});
const deployments = createRoute({
  getParentRoute: () => shell,
  path: "/deployments",
  validateSearch: texts("q"),
  component: lazyRouteComponent(() => import("./pages/deployments/DeploymentsPage"), "DeploymentsPage"),
});
const deployment = createRoute({
  getParentRoute: () => shell,
  path: "/deployments/$id",
  validateSearch: texts("tab", "run"),
  component: lazyRouteComponent(() => import("./pages/deployments/DeploymentPage"), "DeploymentPage"),
});
const workQueues = createRoute({
  getParentRoute: () => shell,
  path: "/work-queues",
  validateSearch: texts("q", "new"),
  component: lazyRouteComponent(() => import("./pages/workQueues/WorkQueuesPage"), "WorkQueuesPage"),
});
const workQueue = createRoute({
  getParentRoute: () => shell,
  path: "/work-queues/$id",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./pages/workQueues/WorkQueuePage"), "WorkQueuePage"),
});
const artifacts = createRoute({
  getParentRoute: () => shell,
  path: "/artifacts",
  validateSearch: texts("kind", "all"),
  component: lazyRouteComponent(() => import("./pages/artifacts/ArtifactsPage"), "ArtifactsPage"),
});
const artifact = createRoute({
  getParentRoute: () => shell,
  path: "/artifacts/$id",
  component: lazyRouteComponent(() => import("./pages/artifacts/ArtifactPage"), "ArtifactPage"),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  validateSearch: texts("tab", "new"),
  component: lazyRouteComponent(() => import("./pages/settings/SettingsPage"), "SettingsPage"),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  validateSearch: texts("next"),
  component: lazyRouteComponent(() => import("./pages/signIn/SignInPage"), "SignInPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([
      dashboard,
      runs,
      flowRun,
      radar,
      taskRun,
      flows,
      flow,
      deployments,
      deployment,
      workQueues,
      workQueue,
      artifacts,
      artifact,
      settings,
    ]),
    signIn,
  ]),
  defaultPreload: "intent",
  defaultPendingMinMs: 0,
  scrollRestoration: true,
  // All that stands in an address is text: a line's link ends with its number, not with its number in quotes.
  stringifySearch: stringifySearchWith(JSON.stringify),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
