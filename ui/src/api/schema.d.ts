// Made by scripts/apiTypes.mjs from docs/openapi.json.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /**
         * ApiToken
         * @description ``scope`` is ``admin``, ``agent`` or ``browser``. ``made_by`` is the id of the token that created it, ``home`` for the home's
         *     own; None if the release did not record it. The token itself is returned once, on creation, and never stored.
         */
        ApiToken: {
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Expires */
            expires?: string | null;
            /** Id */
            id: string;
            /** Last Used */
            last_used?: string | null;
            /** Made By */
            made_by?: string | null;
            /** Name */
            name: string;
            /** Revoked */
            revoked?: string | null;
            /** Scope */
            scope: string;
        };
        /**
         * Artifact
         * @description ``kind`` is ``markdown``, ``table`` (``data`` is JSON), ``link``, ``image`` or ``progress``; ``fraction`` is the
         *     progress, 0 to 1. Artifacts with the same ``key`` are versions of one artifact, the newest last.
         */
        Artifact: {
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Data */
            data: string;
            /** Description */
            description?: string | null;
            /** Flow Run Id */
            flow_run_id: string;
            /** Fraction */
            fraction?: number | null;
            /** Id */
            id: string;
            /** Key */
            key?: string | null;
            /** Kind */
            kind: string;
            /** Task Run Id */
            task_run_id?: string | null;
            /** Updated */
            updated?: string | null;
        };
        /**
         * ArtifactListing
         * @description ``latest``: of each key only the newest, and none without a key. ``after`` is that of the page before.
         */
        ArtifactListing: {
            /** After */
            after?: string | null;
            /** Flow Run Id */
            flow_run_id?: string | null;
            /** Key */
            key?: string | null;
            /** Kind */
            kind?: string | null;
            /**
             * Latest
             * @default false
             */
            latest?: boolean;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            /** Task Run Id */
            task_run_id?: string | null;
        };
        /**
         * Asked
         * @description The command that the run's owner gets. Cancelling is cooperative: the run reads CANCELLING or CANCELLED once it is
         *     obeyed, and CANCELLED at once where nobody owned it.
         */
        Asked: {
            /** Command Id */
            command_id: string;
            /** Run Id */
            run_id: string;
        };
        /**
         * Backfill
         * @description ``times`` are the occurrences, oldest first; ``flow_run_ids`` the runs created for them; empty in a dry run.
         */
        Backfill: {
            /** Flow Run Ids */
            flow_run_ids?: string[];
            /** Times */
            times?: string[];
        };
        /**
         * BackfillWanted
         * @description ``only_missed``: only for times without a run.
         */
        BackfillWanted: {
            /**
             * Begin
             * Format: date-time
             */
            begin: string;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /**
             * End
             * Format: date-time
             */
            end: string;
            /**
             * Only Missed
             * @default false
             */
            only_missed?: boolean;
        };
        /**
         * BlockWanted
         * @description ``options`` are those of its ``type``, secret ones too: these are encrypted at rest, and no answer shows them. ``replace``:
         *     one of that name is made anew and keeps its id.
         */
        BlockWanted: {
            /** Name */
            name: string;
            /**
             * Options
             * @default {}
             */
            options?: {
                [key: string]: string;
            };
            /**
             * Replace
             * @default false
             */
            replace?: boolean;
            /** Type */
            type: string;
        };
        /**
         * BulkAnswer
         * @description ``matched`` of them there were; ``done`` were changed, or with a dry run would be tried; ``refused`` says why not, of the
         *     first 100. More than ``limit`` are left for the next request.
         */
        BulkAnswer: {
            /** Done */
            done: number;
            /** Matched */
            matched: number;
            /** Refused */
            refused?: components["schemas"]["Refusal"][];
        };
        /**
         * BulkQuestion
         * @description An empty filter matches every flow run: it is taken only with ``everything``.
         */
        BulkQuestion: {
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /**
             * Everything
             * @default false
             */
            everything?: boolean;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * Limit
             * @default 10000
             */
            limit?: number;
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * BulkRetryQuestion
         * @description ``from_failure``: as for one run's retry.
         */
        BulkRetryQuestion: {
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /**
             * Everything
             * @default false
             */
            everything?: boolean;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * From Failure
             * @default false
             */
            from_failure?: boolean;
            /**
             * Limit
             * @default 10000
             */
            limit?: number;
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * Catchup
         * @description Which occurrences missed while no scheduler was running get a run.
         * @enum {string}
         */
        Catchup: "all" | "latest" | "skip";
        /** ChoiceCriterion */
        ChoiceCriterion: {
            /** Any */
            any_?: string[] | null;
            /** Not Any */
            not_any_?: string[] | null;
        };
        /**
         * ClaimBody
         * @description Asked again with the same ``claim_id``, the same runs are the answer.
         */
        ClaimBody: {
            /** Claim Id */
            claim_id: string;
            /**
             * Limit
             * @default 1
             */
            limit?: number;
            /**
             * Queues
             * @default []
             */
            queues?: string[];
            /**
             * Wait Seconds
             * @default 0
             */
            wait_seconds?: number;
        };
        /**
         * ClaimedRun
         * @description A run claimed by a worker, which owns this ``flow_run.attempt`` until it releases it.
         *     ``answers`` are the inputs that earlier attempts received: JSON text by key. ``token`` is this attempt's, for
         *     the run's own process: it covers only that run, and is valid until the worker releases it. None where no token is
         *     required. ``fresh_since``: the run was retried from scratch then, and reuses nothing stored before.
         *     ``result_secret`` signs the results that runs of its deployment store.
         */
        ClaimedRun: {
            /** Answers */
            answers?: {
                [key: string]: string | null;
            };
            deployment: components["schemas"]["Deployment"];
            flow_run: components["schemas"]["FlowRun"];
            /** Fresh Since */
            fresh_since?: string | null;
            /** Result Secret */
            result_secret?: string | null;
            /** Token */
            token?: string | null;
            /** Work Queue */
            work_queue?: string | null;
        };
        /**
         * CommandQuestion
         * @description ``command_id`` makes it safe to ask twice, as an idempotency key does; left out, the server makes one.
         */
        CommandQuestion: {
            /** Command Id */
            command_id?: string | null;
        };
        /**
         * ConcurrencyLimit
         * @description ``active_slots`` names the task runs that hold a slot now, longest first.
         */
        ConcurrencyLimit: {
            /** Active Slots */
            active_slots?: string[];
            /** Created */
            created?: string | null;
            /** Id */
            id: string;
            /** Slots */
            slots: number;
            /** Tag */
            tag: string;
            /** Updated */
            updated?: string | null;
        };
        /**
         * ContainedCriterion
         * @description ``like_``: contains that text, in any case.
         */
        ContainedCriterion: {
            /** Like */
            like_?: string | null;
        };
        /** Credentials */
        Credentials: {
            /** Token */
            token: string;
        };
        /**
         * Database
         * @description ``size_bytes`` counts what lies in files of this home; null where a database server keeps them.
         */
        Database: {
            /** Kind */
            kind: string;
            /** Ledger Id */
            ledger_id: string;
            /** Newest Flow Run Id */
            newest_flow_run_id: string | null;
            /** Oldest Flow Run Id */
            oldest_flow_run_id: string | null;
            /** Schema Version */
            schema_version: string | null;
            /** Size Bytes */
            size_bytes: number | null;
        };
        /**
         * Death
         * @description Whose death ended an attempt: the run's own process, or its agent or machine.
         * @enum {string}
         */
        Death: "process" | "agent";
        /**
         * DefaultWanted
         * @description None: no block is the default any more.
         */
        DefaultWanted: {
            /** Id */
            id: string | null;
        };
        /**
         * Deployment
         * @description ``entrypoint`` is ``path/to/file.py:flow``: inside the project, if there is a ``project_hash``. That names the project's
         *     content in its storage block, or in the home's storage if it has none. ``flow_location`` is its source.
         *     ``flow_runner`` is ``{"type": …}`` with its options. ``parameters`` are
         *     defaults for every run, ``parameter_schema`` the JSON Schema of the flow's parameters. A paused one creates no scheduled runs.
         *     ``crash_retries`` is how often a run is retried
         *     after its process died; the death of an agent or machine does not count. 0: never retry.
         */
        Deployment: {
            /** Concurrency Limit */
            concurrency_limit?: number | null;
            /**
             * Crash Retries
             * @default 1
             */
            crash_retries?: number;
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Description */
            description?: string | null;
            /** Entrypoint */
            entrypoint: string;
            /** Flow Id */
            flow_id: string;
            /** Flow Location */
            flow_location?: string | null;
            /** Flow Name */
            flow_name: string;
            /** Flow Runner */
            flow_runner?: {
                [key: string]: unknown;
            };
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** @default enqueue */
            on_collision?: components["schemas"]["OnCollision"];
            /** Parameter Schema */
            parameter_schema?: {
                [key: string]: unknown;
            };
            /** Parameters */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Paused
             * @default false
             */
            paused?: boolean;
            /** Project Hash */
            project_hash?: string | null;
            /** Schedules */
            schedules?: components["schemas"]["DeploymentSchedule"][];
            /** Storage Block Id */
            storage_block_id?: string | null;
            /** Tags */
            tags?: string[];
            /**
             * Updated
             * Format: date-time
             */
            updated: string;
            /** Version */
            version?: string | null;
            /** Work Queue Name */
            work_queue_name?: string | null;
        };
        /**
         * DeploymentChanges
         * @description What is left out stays.
         */
        DeploymentChanges: {
            /** Concurrency Limit */
            concurrency_limit?: number | null;
            /** Crash Retries */
            crash_retries?: number | null;
            /** Description */
            description?: string | null;
            on_collision?: components["schemas"]["OnCollision"] | null;
            /** Parameters */
            parameters?: {
                [key: string]: unknown;
            } | null;
            /** Paused */
            paused?: boolean | null;
            /** Schedules */
            schedules?: components["schemas"]["ScheduleWanted"][] | null;
            /** Tags */
            tags?: string[] | null;
            /** Work Queue Name */
            work_queue_name?: string | null;
        };
        /** DeploymentCriteria */
        DeploymentCriteria: {
            id?: components["schemas"]["IdCriterion"] | null;
            name?: components["schemas"]["TextCriterion"] | null;
            paused?: components["schemas"]["SwitchCriterion"] | null;
            tags?: components["schemas"]["TagCriterion"] | null;
            work_queue_name?: components["schemas"]["ChoiceCriterion"] | null;
        };
        /** DeploymentListing */
        DeploymentListing: {
            /** After */
            after?: string | null;
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            /**
             * Sort
             * @default NAME_ASC
             * @enum {string}
             */
            sort?: "NAME_ASC" | "NAME_DESC" | "CREATED_DESC" | "UPDATED_DESC";
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * DeploymentSchedule
         * @description ``rule`` is the schedule as a document, ``words`` its description. ``scheduled_through`` is the last occurrence that
         *     has been handled.
         */
        DeploymentSchedule: {
            /**
             * Active
             * @default true
             */
            active?: boolean;
            /** @default all */
            catchup?: components["schemas"]["Catchup"];
            /** Id */
            id: string;
            /** Rule */
            rule: {
                [key: string]: unknown;
            };
            /** Scheduled Through */
            scheduled_through?: string | null;
            /** Words */
            words: string;
        };
        /**
         * DeploymentWanted
         * @description ``flow_runner`` is its type and options; ``parameter_schema`` the JSON Schema of what the flow takes.
         */
        DeploymentWanted: {
            /** Concurrency Limit */
            concurrency_limit?: number | null;
            /**
             * Crash Retries
             * @default 1
             */
            crash_retries?: number;
            /** Description */
            description?: string | null;
            /** Entrypoint */
            entrypoint: string;
            /** Flow Location */
            flow_location?: string | null;
            /** Flow Name */
            flow_name: string;
            /**
             * Flow Runner
             * @default {
             *       "type": "universal"
             *     }
             */
            flow_runner?: {
                [key: string]: unknown;
            };
            /** Name */
            name: string;
            /** @default enqueue */
            on_collision?: components["schemas"]["OnCollision"];
            /**
             * Parameter Schema
             * @default {}
             */
            parameter_schema?: {
                [key: string]: unknown;
            };
            /**
             * Parameters
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /**
             * Paused
             * @default false
             */
            paused?: boolean;
            /** Project Hash */
            project_hash?: string | null;
            /**
             * Schedules
             * @default []
             */
            schedules?: components["schemas"]["ScheduleWanted"][];
            /** Storage Block Id */
            storage_block_id?: string | null;
            /**
             * Tags
             * @default []
             */
            tags?: string[];
            /** Version */
            version?: string | null;
            /** Work Queue Name */
            work_queue_name?: string | null;
        };
        /** ExistsCriterion */
        ExistsCriterion: {
            /** Exists */
            exists_?: boolean | null;
        };
        /** FactsQuestion */
        FactsQuestion: {
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * Firings
         * @description ``words`` is the rule as people say it, ``rule`` with everything it leaves unsaid.
         */
        Firings: {
            /** Rule */
            rule: {
                [key: string]: unknown;
            };
            /** Times */
            times: string[];
            /** Words */
            words: string;
        };
        /**
         * Flow
         * @description One row per flow name. ``id`` is derived from the name, so that every process derives the same one.
         */
        Flow: {
            /** Created */
            created?: string | null;
            /** Description */
            description?: string | null;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Tags */
            tags?: string[];
            /** Updated */
            updated?: string | null;
        };
        /**
         * FlowChanges
         * @description What is left out stays.
         */
        FlowChanges: {
            /** Description */
            description?: string | null;
            /** Tags */
            tags?: string[] | null;
        };
        /** FlowCriteria */
        FlowCriteria: {
            id?: components["schemas"]["IdCriterion"] | null;
            name?: components["schemas"]["TextCriterion"] | null;
            tags?: components["schemas"]["TagCriterion"] | null;
        };
        /** FlowListing */
        FlowListing: {
            /** After */
            after?: string | null;
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            /**
             * Sort
             * @default NAME_ASC
             * @enum {string}
             */
            sort?: "NAME_ASC" | "NAME_DESC" | "CREATED_DESC" | "UPDATED_DESC";
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * FlowRun
         * @description Times are aware UTC. ``duration_seconds`` is the time from start to end, with retries, pauses and waits; None until the run
         *     has ended. ``total_run_time_seconds`` is the part of it spent in RUNNING, in the flow's body; ``run_count`` counts starts in this attempt;
         *     ``attempt`` is the fencing number of the whole root run. ``expected_start_time`` is the scheduled time,
         *     equal in every attempt; for a run started manually it is the creation time. ``parameter_hashes`` names the parameters
         *     that ``parameters`` does not represent exactly: the hash of the value if the flow's annotation may restore it, else ``""``; None:
         *     unknown.
         */
        FlowRun: {
            /**
             * Attempt
             * @default 1
             */
            attempt?: number;
            /**
             * Auto Scheduled
             * @default false
             */
            auto_scheduled?: boolean;
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Deployment Id */
            deployment_id?: string | null;
            /** Duration Seconds */
            duration_seconds?: number | null;
            /** End Time */
            end_time?: string | null;
            /** Entrypoint */
            entrypoint?: string | null;
            /**
             * Expected Start Time
             * Format: date-time
             */
            expected_start_time: string;
            /** Flow Id */
            flow_id: string;
            /** Flow Name */
            flow_name: string;
            /** Flow Version */
            flow_version?: string | null;
            /** Id */
            id: string;
            /** Idempotency Key */
            idempotency_key?: string | null;
            /**
             * Incomplete History
             * @default false
             */
            incomplete_history?: boolean;
            /** Name */
            name: string;
            /** Next Scheduled Start Time */
            next_scheduled_start_time?: string | null;
            /** Parameter Hashes */
            parameter_hashes?: {
                [key: string]: string;
            } | null;
            /** Parameters */
            parameters?: {
                [key: string]: unknown;
            };
            /** Parent Flow Run Id */
            parent_flow_run_id?: string | null;
            /** Parent Task Run Id */
            parent_task_run_id?: string | null;
            /** Root Flow Run Id */
            root_flow_run_id: string;
            /**
             * Run Count
             * @default 0
             */
            run_count?: number;
            /** Start Time */
            start_time?: string | null;
            /** State Message */
            state_message?: string | null;
            /**
             * State Name
             * @default Pending
             */
            state_name?: string;
            /** State Timestamp */
            state_timestamp?: string | null;
            /** @default PENDING */
            state_type?: components["schemas"]["StateType"];
            /** Tags */
            tags?: string[];
            /** Task Runner */
            task_runner?: string | null;
            /**
             * Total Run Time Seconds
             * @default 0
             */
            total_run_time_seconds?: number;
            /** Updated */
            updated?: string | null;
        };
        /**
         * FlowRunChanges
         * @description What is left out stays.
         */
        FlowRunChanges: {
            /** Name */
            name?: string | null;
            /** Tags */
            tags?: string[] | null;
        };
        /** FlowRunCriteria */
        FlowRunCriteria: {
            auto_scheduled?: components["schemas"]["SwitchCriterion"] | null;
            deployment_id?: components["schemas"]["ReferenceCriterion"] | null;
            end_time?: components["schemas"]["TimeCriterion"] | null;
            expected_start_time?: components["schemas"]["TimeCriterion"] | null;
            flow_id?: components["schemas"]["IdCriterion"] | null;
            flow_version?: components["schemas"]["ChoiceCriterion"] | null;
            id?: components["schemas"]["IdCriterion"] | null;
            idempotency_key?: components["schemas"]["ChoiceCriterion"] | null;
            name?: components["schemas"]["TextCriterion"] | null;
            next_scheduled_start_time?: components["schemas"]["TimeCriterion"] | null;
            parent_flow_run_id?: components["schemas"]["ReferenceCriterion"] | null;
            parent_task_run_id?: components["schemas"]["ReferenceCriterion"] | null;
            root_flow_run_id?: components["schemas"]["ReferenceCriterion"] | null;
            start_time?: components["schemas"]["TimeCriterion"] | null;
            state?: components["schemas"]["StateCriterion"] | null;
            tags?: components["schemas"]["TagCriterion"] | null;
        };
        /** FlowRunIds */
        FlowRunIds: {
            /** Ids */
            ids: string[];
        };
        /** FlowRunListing */
        FlowRunListing: {
            /** After */
            after?: string | null;
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            /**
             * Sort
             * @default EXPECTED_START_TIME_DESC
             * @enum {string}
             */
            sort?: "EXPECTED_START_TIME_DESC" | "EXPECTED_START_TIME_ASC" | "ID_DESC" | "NAME_ASC" | "NAME_DESC" | "START_TIME_ASC" | "START_TIME_DESC" | "END_TIME_DESC" | "NEXT_SCHEDULED_START_TIME_ASC";
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /** FlowToMake */
        FlowToMake: {
            /** Name */
            name: string;
            /**
             * Tags
             * @default []
             */
            tags?: string[];
        };
        /**
         * GivenState
         * @description ``name`` defaults to the type's own; ``scheduled_time`` is for SCHEDULED: now unless said.
         */
        GivenState: {
            /** Message */
            message?: string | null;
            /** Name */
            name?: string | null;
            /** Scheduled Time */
            scheduled_time?: string | null;
            type: components["schemas"]["StateType"];
        };
        /**
         * Granting
         * @description ``full`` names the tags whose slots are all taken: none was given then.
         */
        Granting: {
            /** Full */
            full: string[];
            /** Granted */
            granted: boolean;
        };
        /**
         * Graph
         * @description ``edges`` are pairs of places in ``nodes``, upstream first; only damaged data has a cycle. ``task_runs`` counts what the nodes
         *     represent: the task runs of one try of the flow run, the latest by default.
         *
         *     ``number`` is the version of this graph. For a request since an earlier response's number, if the set of nodes and
         *     edges is unchanged, ``since`` is that number: ``nodes`` are then only the changed ones, ``places`` their
         *     places, and ``tasks`` and ``edges`` are empty. If ``since`` is null this is the whole graph.
         */
        Graph: {
            /** Edges */
            edges: [
                number,
                number
            ][];
            /** Flow Run Id */
            flow_run_id: string;
            /** Nodes */
            nodes: components["schemas"]["GraphNode"][];
            /**
             * Number
             * @default 0
             */
            number?: number;
            /**
             * Origin
             * Format: date-time
             */
            origin: string;
            /** Places */
            places?: number[] | null;
            /** Run Try */
            run_try: number;
            /** Since */
            since?: number | null;
            /** Task Runs */
            task_runs: number;
            /** Tasks */
            tasks: components["schemas"]["GraphTask"][];
            /** Tries */
            tries: number;
        };
        /**
         * GraphNode
         * @description ``kind`` is what it represents: one ``task_run``; a ``subflow_run``; a ``map`` of task runs of one task that are
         *     alike in what they depend on and in what depends on them; a ``stretch`` of task runs that only lie near one another, in
         *     graphs too large for anything better.
         *
         *     ``id`` is the task run's; of many, the first one's, so that it stays the same while more are added. ``start`` and
         *     ``end`` are milliseconds since the graph's ``origin``; of many, the first start and, once all have ended, the last
         *     end. ``states`` counts the ``members`` of many by state type. ``parent`` is the place of the node whose task run
         *     called this one. ``state_name`` is left out where it is the type's own, ``run_count`` up to 1.
         */
        GraphNode: {
            /** End */
            end?: number | null;
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Members */
            members?: number | null;
            /** Name */
            name: string;
            /** Parent */
            parent?: number | null;
            /** Run Count */
            run_count?: number | null;
            /** Start */
            start?: number | null;
            /** State Name */
            state_name?: string | null;
            state_type?: components["schemas"]["StateType"] | null;
            /** States */
            states?: {
                [key: string]: number;
            } | null;
            subflow?: components["schemas"]["Subflow"] | null;
            /** Task */
            task?: number | null;
        };
        /**
         * GraphShape
         * @description The part of a flow run's graph that determines its layout: ``tasks`` are keys, ``nodes`` has the place
         *     there of each node's task (none for a stretch), ``edges`` are pairs of places in ``nodes``.
         */
        GraphShape: {
            /** Edges */
            edges: [
                number,
                number
            ][];
            /** Flow Run Id */
            flow_run_id: string;
            /** Nodes */
            nodes: (number | null)[];
            /** Tasks */
            tasks: string[];
        };
        /**
         * GraphTask
         * @description A task of the flow: nodes name it by its place in the graph's ``tasks``.
         */
        GraphTask: {
            /** Key */
            key: string;
            /** Name */
            name: string;
        };
        /**
         * GroupMembers
         * @description A page of the task runs of one node. ``cells``, on the first page only, has one letter for each member in order of
         *     creation: its state type by its place in the alphabet of ``letters``. ``place`` says where the page begins, counted from 0.
         */
        GroupMembers: {
            /** After */
            after?: string | null;
            /** Cells */
            cells?: string | null;
            /** Flow Run Id */
            flow_run_id: string;
            /** Group Id */
            group_id: string;
            /** Letters */
            letters?: {
                [key: string]: components["schemas"]["StateType"];
            };
            /** Members */
            members: number;
            /** Nodes */
            nodes: components["schemas"]["GraphNode"][];
            /**
             * Place
             * @default 0
             */
            place?: number;
        };
        /**
         * HeldRun
         * @description ``attempt`` is the one the worker was given: if it holds another by now, nothing changes. Without it, whichever it holds is
         *     meant. ``died`` says how the run's process ended, when that was not by itself; ``whose`` death it was: that of an agent does not
         *     spend the deployment's crash retries.
         */
        HeldRun: {
            /** Attempt */
            attempt?: number | null;
            /** Died */
            died?: string | null;
            /** Flow Run Id */
            flow_run_id: string;
            /** @default process */
            whose?: components["schemas"]["Death"];
        };
        /**
         * HistoryBucket
         * @description ``interval_end`` is exclusive.
         */
        HistoryBucket: {
            /**
             * Interval End
             * Format: date-time
             */
            interval_end: string;
            /**
             * Interval Start
             * Format: date-time
             */
            interval_start: string;
            /** States */
            states?: components["schemas"]["HistoryState"][];
        };
        /** HistoryQuestion */
        HistoryQuestion: {
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * History End
             * Format: date-time
             */
            history_end: string;
            /** History Interval Seconds */
            history_interval_seconds: number;
            /**
             * History Start
             * Format: date-time
             */
            history_start: string;
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * HistoryState
         * @description How many runs of a bucket are in a state, and the sums over them. The run time of a run is the time from its
         *     start to its end, or to now. Lateness of a run is its start, or now, minus the
         *     time it was expected at, and never negative.
         */
        HistoryState: {
            /** Count Runs */
            count_runs: number;
            /** State Name */
            state_name: string;
            state_type: components["schemas"]["StateType"];
            /** Sum Lateness Seconds */
            sum_lateness_seconds: number;
            /** Sum Run Time Seconds */
            sum_run_time_seconds: number;
        };
        /**
         * IdCriterion
         * @description ``prefix_``: hexadecimal digits, with or without dashes, that the id begins with.
         */
        IdCriterion: {
            /** Any */
            any_?: string[] | null;
            /** Not Any */
            not_any_?: string[] | null;
            /** Prefix */
            prefix_?: string | null;
        };
        /**
         * LimitToSet
         * @description 0 slots let no task run with the tag begin.
         */
        LimitToSet: {
            /** Slots */
            slots: number;
            /** Tag */
            tag: string;
        };
        /**
         * LogCriteria
         * @description ``level`` is logging's number.
         */
        LogCriteria: {
            flow_run_id?: components["schemas"]["IdCriterion"] | null;
            level?: components["schemas"]["NumberCriterion"] | null;
            message?: components["schemas"]["ContainedCriterion"] | null;
            task_run_id?: components["schemas"]["ReferenceCriterion"] | null;
            timestamp?: components["schemas"]["TimeCriterion"] | null;
        };
        /**
         * LogLine
         * @description ``ordinal`` counts the lines of one root run and is what readers page and link by; ``level`` is logging's number.
         *     ``whole_length`` is the full length in characters if the message was truncated on request. ``run_name`` is that
         *     of the task run that logged it, else of the flow run, if names were requested.
         */
        LogLine: {
            /** Flow Run Id */
            flow_run_id: string;
            /** Level */
            level: number;
            /**
             * Logger
             * @default armillary.flow_runs
             */
            logger?: string;
            /** Message */
            message: string;
            /** Ordinal */
            ordinal: number;
            /** Run Name */
            run_name?: string | null;
            /** Task Run Id */
            task_run_id?: string | null;
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            /** Whole Length */
            whole_length?: number | null;
        };
        /**
         * LogListing
         * @description ``after`` is that of the page before.
         */
        LogListing: {
            /** After */
            after?: string | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            logs?: components["schemas"]["LogCriteria"] | null;
            /**
             * Sort
             * @default TIMESTAMP_ASC
             * @enum {string}
             */
            sort?: "TIMESTAMP_ASC" | "TIMESTAMP_DESC";
        };
        /**
         * MadeToken
         * @description ``token`` is told only here.
         */
        MadeToken: {
            api_token: components["schemas"]["ApiToken"];
            /** Token */
            token: string;
        };
        /** NameFilter */
        NameFilter: {
            name?: components["schemas"]["TextCriterion"] | null;
        };
        /**
         * NamedListing
         * @description ``after`` is that of the page before.
         */
        NamedListing: {
            /** After */
            after?: string | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            name?: components["schemas"]["TextCriterion"] | null;
        };
        /**
         * Narrowed
         * @description Criteria of any noun; all must hold.
         */
        Narrowed: {
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * NewToken
         * @description ``expires`` left out: good until it is revoked; else it lies ahead.
         */
        NewToken: {
            /** Expires */
            expires?: string | null;
            /** Name */
            name: string;
            /**
             * Scope
             * @default agent
             * @enum {string}
             */
            scope?: "admin" | "agent";
        };
        /**
         * News
         * @description ``number`` grows with every change.
         */
        News: {
            /** Number */
            number: number;
        };
        /**
         * NotificationPolicy
         * @description ``states`` are state types or names; ``tags``: a run has any of them, empty: all runs. ``target`` is the address
         *     without its secrets. ``template`` None: the default text.
         */
        NotificationPolicy: {
            /**
             * Active
             * @default true
             */
            active?: boolean;
            /** Created */
            created?: string | null;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** States */
            states: string[];
            /** Tags */
            tags?: string[];
            /** Target */
            target: string;
            /** Template */
            template?: string | null;
            /** Updated */
            updated?: string | null;
        };
        /**
         * NumberCriterion
         * @description At least ``ge_``, at most ``le_``.
         */
        NumberCriterion: {
            /** Ge */
            ge_?: number | null;
            /** Le */
            le_?: number | null;
        };
        /**
         * OnCollision
         * @description What happens to a run that is due while as many as allowed run.
         * @enum {string}
         */
        OnCollision: "enqueue" | "cancel_new" | "cancel_running";
        /** Output */
        Output: {
            /** Flow Run Id */
            flow_run_id: string;
            /** Lines */
            lines: components["schemas"]["OutputLine"][];
        };
        /**
         * OutputLine
         * @description Whatever a process wrote is taken; what cannot be stored is replaced.
         */
        OutputLine: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Text */
            text: string;
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_Artifact_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["Artifact"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_ConcurrencyLimit_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["ConcurrencyLimit"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_Deployment_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["Deployment"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_FlowRun_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["FlowRun"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_Flow_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["Flow"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_LogLine_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["LogLine"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_SavedSearch_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["SavedSearch"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_StorageBlock_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["StorageBlock"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_TaskRun_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["TaskRun"][];
        };
        /**
         * Page
         * @description Pass ``after`` to get the next page; None: this is the last one.
         */
        Page_Variable_: {
            /** After */
            after?: string | null;
            /** Items */
            items: components["schemas"]["Variable"][];
        };
        /**
         * PolicyChanges
         * @description Only what is given is changed.
         */
        PolicyChanges: {
            /** Is Active */
            is_active?: boolean | null;
            /** States */
            states?: string[] | null;
            /** Tags */
            tags?: string[] | null;
            /** Target */
            target?: string | null;
            /** Template */
            template?: string | null;
        };
        /**
         * PolicyWanted
         * @description ``target`` is the https address of a webhook, or an Apprise address; it is encrypted at rest, and answers show only where
         *     it goes.
         */
        PolicyWanted: {
            /** Name */
            name: string;
            /** States */
            states: string[];
            /**
             * Tags
             * @default []
             */
            tags?: string[];
            /** Target */
            target: string;
            /** Template */
            template?: string | null;
        };
        /**
         * Problem
         * @description What is wrong, with what, and what would be right (RFC 9457).
         */
        Problem: {
            /** @description What to do next. */
            advice?: string;
            detail: string;
            errors?: {
                field: string;
                message: string;
            }[];
            status: number;
            /** @description What it is about. */
            subject?: string;
            title: string;
            /** @description The kind of error, as armillary:Name, or about:blank. */
            type: string;
        };
        /** PruneQuestion */
        PruneQuestion: {
            /**
             * Dry Run
             * @default false
             */
            dry_run?: boolean;
            /**
             * Ended Before
             * Format: date-time
             */
            ended_before: string;
        };
        /**
         * Pruned
         * @description Flow runs and the task runs in them; with a dry run, those it would delete.
         */
        Pruned: {
            /**
             * Flow Runs
             * @default 0
             */
            flow_runs?: number;
            /**
             * Task Runs
             * @default 0
             */
            task_runs?: number;
        };
        /**
         * QueueContents
         * @description The ``many`` deployments whose runs would wait in a queue, the first 100 by name; ``sentence`` says it in words, and why
         *     there is none.
         */
        QueueContents: {
            /** Deployments */
            deployments: string[];
            /** Many */
            many: number;
            /** Sentence */
            sentence: string;
        };
        /**
         * QueueFilter
         * @description All given criteria must hold: every tag is present, the deployment is one of these, its flow runner one of these.
         */
        QueueFilter: {
            /** Deployment Ids */
            deployment_ids?: string[];
            /** Flow Runner Types */
            flow_runner_types?: string[];
            /** Tags */
            tags?: string[];
        };
        /**
         * QueueStatus
         * @description ``running`` runs are held by agents; ``late`` wait although their time has come; ``agents`` work on this queue.
         */
        QueueStatus: {
            /** Agents */
            agents: components["schemas"]["Worker"][];
            /** Late */
            late: number;
            /** Running */
            running: number;
            work_queue: components["schemas"]["WorkQueue"];
        };
        /**
         * ReferenceCriterion
         * @description ``is_null_``: whether the value is absent.
         */
        ReferenceCriterion: {
            /** Any */
            any_?: string[] | null;
            /** Is Null */
            is_null_?: boolean | null;
            /** Not Any */
            not_any_?: string[] | null;
        };
        /** Refusal */
        Refusal: {
            /** Detail */
            detail: string;
            /** Flow Run Id */
            flow_run_id: string;
        };
        /**
         * ResumeQuestion
         * @description ``run_input`` is the value the run asks for, left out where it asks for none.
         */
        ResumeQuestion: {
            /** Command Id */
            command_id?: string | null;
            /** Run Input */
            run_input?: unknown;
        };
        /**
         * RetryQuestion
         * @description ``from_failure``: take over the kept results of tasks that completed and the answers that were given, where the flow keeps
         *     them: with retries, ``crash_retries``, or persisted results. Else all is done again.
         */
        RetryQuestion: {
            /**
             * From Failure
             * @default false
             */
            from_failure?: boolean;
        };
        /**
         * RunFacts
         * @description The facts of one run for a chart.
         */
        RunFacts: {
            /**
             * Expected Start Time
             * Format: date-time
             */
            expected_start_time: string;
            /** Id */
            id: string;
            /** Lateness Seconds */
            lateness_seconds: number;
            /** Name */
            name: string;
            /** Run Time Seconds */
            run_time_seconds: number;
            /** State Name */
            state_name: string;
            state_type: components["schemas"]["StateType"];
        };
        /**
         * RunInput
         * @description ``schema`` is the JSON Schema of the requested value; None: the run only waits to be resumed. ``key`` names the question
         *     within its run. ``expires`` is when the wait times out. ``answer`` is a JSON value, valid once ``answered`` is set.
         */
        RunInput: {
            /** Answer */
            answer?: unknown;
            /** Answered */
            answered?: string | null;
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Expires */
            expires?: string | null;
            /** Flow Run Id */
            flow_run_id: string;
            /** Key */
            key: string;
            /** Schema */
            schema?: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * RunWanted
         * @description ``parameters`` and ``tags`` come on top of the deployment's. ``scheduled_time`` is now unless said.
         */
        RunWanted: {
            /** Idempotency Key */
            idempotency_key?: string | null;
            /** Name */
            name?: string | null;
            /**
             * Parameters
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
            /** Scheduled Time */
            scheduled_time?: string | null;
            /**
             * Tags
             * @default []
             */
            tags?: string[];
        };
        /**
         * SavedSearch
         * @description ``definition`` is ``{"filter": …}``, the text of a filter bar.
         */
        SavedSearch: {
            /** Created */
            created?: string | null;
            /** Definition */
            definition: unknown;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Updated */
            updated?: string | null;
        };
        /** SchedulePreview */
        SchedulePreview: {
            /** After */
            after?: string | null;
            /**
             * Limit
             * @default 20
             */
            limit?: number;
            /** Rule */
            rule: {
                [key: string]: unknown;
            };
        };
        /**
         * ScheduleWanted
         * @description ``rule`` has exactly one of ``interval`` (seconds), ``cron`` and ``rrule``, and ``timezone``.
         */
        ScheduleWanted: {
            /**
             * Active
             * @default true
             */
            active?: boolean;
            /** @default all */
            catchup?: components["schemas"]["Catchup"];
            /** Rule */
            rule: {
                [key: string]: unknown;
            };
        };
        /**
         * SearchToSave
         * @description ``definition`` is ``{"filter": …}``, the text of a filter bar.
         */
        SearchToSave: {
            /** Definition */
            definition: unknown;
            /** Name */
            name: string;
        };
        /**
         * Selection
         * @description What is given must all hold: every tag is there, the deployment is one of these, its flow runner one of these.
         */
        Selection: {
            /**
             * Deployment Ids
             * @default []
             */
            deployment_ids?: string[];
            /**
             * Flow Runner Types
             * @default []
             */
            flow_runner_types?: string[];
            /**
             * Tags
             * @default []
             */
            tags?: string[];
        };
        /**
         * ServiceLease
         * @description ``holder`` names the server; times are those of its last turn.
         */
        ServiceLease: {
            /** Epoch */
            epoch: number;
            /** Holder */
            holder: string;
            /** Last Error */
            last_error?: string | null;
            /**
             * Lease Until
             * Format: date-time
             */
            lease_until: string;
            /** Loop Ended */
            loop_ended?: string | null;
            /** Loop Started */
            loop_started?: string | null;
            /** Loops */
            loops: number;
            /** Name */
            name: string;
        };
        /**
         * SettingInForce
         * @description ``source`` is ``environment``, a profile, or ``default``. Secrets are masked.
         */
        SettingInForce: {
            /** Meaning */
            meaning: string;
            /** Name */
            name: string;
            /** Source */
            source: string;
            /** Value */
            value: string | null;
        };
        /**
         * SignInLink
         * @description ``path`` is of this server.
         */
        SignInLink: {
            /** Path */
            path: string;
        };
        /**
         * SlotsWanted
         * @description ``holder`` names the journal or worker whose end frees them.
         */
        SlotsWanted: {
            /** Holder */
            holder?: string | null;
            /**
             * Root Flow Run Id
             * Format: uuid
             */
            root_flow_run_id: string;
            /** Tags */
            tags: string[];
            /**
             * Task Run Id
             * Format: uuid
             */
            task_run_id: string;
        };
        /**
         * StateChange
         * @description ``applied`` is False for events of a stale owner or illegal transitions: they are stored but have no effect.
         */
        StateChange: {
            /**
             * Applied
             * @default true
             */
            applied?: boolean;
            /**
             * Attempt
             * @default 1
             */
            attempt?: number;
            /** Message */
            message?: string | null;
            /** Name */
            name: string;
            /**
             * Run Count
             * @default 0
             */
            run_count?: number;
            /** Run Id */
            run_id: string;
            /**
             * Timestamp
             * Format: date-time
             */
            timestamp: string;
            type: components["schemas"]["StateType"];
        };
        /**
         * StateCriterion
         * @description ``operator`` joins type and name.
         */
        StateCriterion: {
            name?: components["schemas"]["ChoiceCriterion"] | null;
            /**
             * Operator
             * @default and_
             * @enum {string}
             */
            operator?: "and_" | "or_";
            type?: components["schemas"]["StateTypeCriterion"] | null;
        };
        /**
         * StateType
         * @description The type of a run's state. The last four are terminal: COMPLETED and FAILED come from the user's code, CRASHED from the death of its
         *     process or machine, CANCELLED from a request.
         * @enum {string}
         */
        StateType: "SCHEDULED" | "PENDING" | "RUNNING" | "PAUSED" | "CANCELLING" | "COMPLETED" | "FAILED" | "CRASHED" | "CANCELLED";
        /** StateTypeCriterion */
        StateTypeCriterion: {
            /** Any */
            any_?: components["schemas"]["StateType"][] | null;
            /** Not Any */
            not_any_?: components["schemas"]["StateType"][] | null;
        };
        /**
         * Status
         * @description How it went, in a word or two.
         */
        Status: {
            /** Status */
            status: string;
        };
        /**
         * StorageBlock
         * @description ``options`` are those that may be shown; ``secret_names`` are the options stored encrypted.
         */
        StorageBlock: {
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Id */
            id: string;
            /**
             * Is Default
             * @default false
             */
            is_default?: boolean;
            /** Name */
            name: string;
            /** Options */
            options?: {
                [key: string]: string;
            };
            /** Secret Names */
            secret_names?: string[];
            /** Type */
            type: string;
            /**
             * Updated
             * Format: date-time
             */
            updated: string;
        };
        /**
         * StorageKind
         * @description A kind of storage block; options are in the order of prompting.
         */
        StorageKind: {
            /** Meaning */
            meaning: string;
            /**
             * Options
             * @default []
             */
            options?: components["schemas"]["StorageOption"][];
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * StorageOption
         * @description ``secret`` ones are encrypted at rest and never shown. ``default`` is the value if none is given.
         */
        StorageOption: {
            /**
             * Default
             * @default
             */
            default?: string;
            /** Meaning */
            meaning: string;
            /** Name */
            name: string;
            /**
             * Required
             * @default false
             */
            required?: boolean;
            /**
             * Secret
             * @default false
             */
            secret?: boolean;
        };
        /**
         * StoredResult
         * @description ``storage`` is the store's URL, ``key`` the object in it; ``size`` is in bytes of the stored form.
         */
        StoredResult: {
            /** Content Type */
            content_type?: string | null;
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Expires */
            expires?: string | null;
            /**
             * For Resume Only
             * @default false
             */
            for_resume_only?: boolean;
            /** Key */
            key: string;
            /** Run Id */
            run_id: string;
            /** Serializer */
            serializer: string;
            /** Size */
            size: number;
            /** Storage */
            storage: string;
        };
        /**
         * Subflow
         * @description The flow run a node represents, and the number of its task runs in each state type.
         */
        Subflow: {
            /** Flow Name */
            flow_name: string;
            /** Flow Run Id */
            flow_run_id: string;
            /** Name */
            name: string;
            /** Task Run Counts */
            task_run_counts?: {
                [key: string]: number;
            };
        };
        /** SwitchCriterion */
        SwitchCriterion: {
            /** Eq */
            eq_?: boolean | null;
        };
        /**
         * TagCriterion
         * @description ``all_``: has every one of these tags; ``any_``: at least one; ``is_null_``: whether it has none at all.
         */
        TagCriterion: {
            /** All */
            all_?: string[] | null;
            /** Any */
            any_?: string[] | null;
            /** Is Null */
            is_null_?: boolean | null;
        };
        /**
         * TaskRun
         * @description ``upstreams`` maps each parameter (``wait_for`` for edges without data) to the task runs it depends on.
         *     ``child_flow_run_id`` is set on the task run that represents a subflow in its parent. ``dynamic_key`` is the
         *     call's index among the calls of the same task in its flow run, in call order. ``attempt`` is the attempt of the flow
         *     run that made the call, and ``flow_run_count`` the try in it: each creates its own task runs. ``duration_seconds`` is the time
         *     from start to end, with retries and the waits between them; None until the run has ended. ``total_run_time_seconds`` is the
         *     part of it spent in RUNNING, in the task's body.
         */
        TaskRun: {
            /**
             * Attempt
             * @default 1
             */
            attempt?: number;
            /** Cached From */
            cached_from?: string | null;
            /** Child Flow Run Id */
            child_flow_run_id?: string | null;
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Duration Seconds */
            duration_seconds?: number | null;
            /** Dynamic Key */
            dynamic_key: number;
            /** End Time */
            end_time?: string | null;
            /**
             * Flow Run Count
             * @default 1
             */
            flow_run_count?: number;
            /** Flow Run Id */
            flow_run_id: string;
            /** Id */
            id: string;
            /**
             * Max Retries
             * @default 0
             */
            max_retries?: number;
            /** Name */
            name: string;
            /** Parent Task Run Id */
            parent_task_run_id?: string | null;
            /**
             * Run Count
             * @default 0
             */
            run_count?: number;
            /** Start Time */
            start_time?: string | null;
            /** State Message */
            state_message?: string | null;
            /**
             * State Name
             * @default Pending
             */
            state_name?: string;
            /** State Timestamp */
            state_timestamp?: string | null;
            /** @default PENDING */
            state_type?: components["schemas"]["StateType"];
            /** Tags */
            tags?: string[];
            /** Task Key */
            task_key: string;
            /** Task Name */
            task_name: string;
            /**
             * Total Run Time Seconds
             * @default 0
             */
            total_run_time_seconds?: number;
            /** Updated */
            updated?: string | null;
            /** Upstreams */
            upstreams?: {
                [key: string]: string[];
            };
        };
        /**
         * TaskRunCriteria
         * @description ``subflow_runs``: whether the task run stands for a subflow run.
         */
        TaskRunCriteria: {
            created?: components["schemas"]["TimeCriterion"] | null;
            end_time?: components["schemas"]["TimeCriterion"] | null;
            flow_run_id?: components["schemas"]["ReferenceCriterion"] | null;
            id?: components["schemas"]["IdCriterion"] | null;
            name?: components["schemas"]["TextCriterion"] | null;
            start_time?: components["schemas"]["TimeCriterion"] | null;
            state?: components["schemas"]["StateCriterion"] | null;
            subflow_runs?: components["schemas"]["ExistsCriterion"] | null;
            tags?: components["schemas"]["TagCriterion"] | null;
            task_key?: components["schemas"]["ChoiceCriterion"] | null;
            task_name?: components["schemas"]["TextCriterion"] | null;
        };
        /** TaskRunListing */
        TaskRunListing: {
            /** After */
            after?: string | null;
            deployments?: components["schemas"]["DeploymentCriteria"] | null;
            flow_runs?: components["schemas"]["FlowRunCriteria"] | null;
            flows?: components["schemas"]["FlowCriteria"] | null;
            /**
             * Limit
             * @default 200
             */
            limit?: number;
            /**
             * Sort
             * @default ID_ASC
             * @enum {string}
             */
            sort?: "ID_ASC" | "ID_DESC" | "NAME_ASC" | "NAME_DESC" | "START_TIME_ASC" | "START_TIME_DESC" | "END_TIME_DESC";
            task_runs?: components["schemas"]["TaskRunCriteria"] | null;
        };
        /**
         * TaskRunMark
         * @description ``count_runs`` task runs in one state began in the same part of their flow run's time; parts count from 0.
         */
        TaskRunMark: {
            /** Count Runs */
            count_runs: number;
            /** Part */
            part: number;
            state_type: components["schemas"]["StateType"];
        };
        /**
         * Tested
         * @description Where the test message went.
         */
        Tested: {
            /** Target */
            target: string;
        };
        /**
         * TextCriterion
         * @description ``like_``: contains that text, in any case; ``all_like_``: each of these. ``startswith_`` is case-sensitive.
         */
        TextCriterion: {
            /** All Like */
            all_like_?: string[] | null;
            /** Any */
            any_?: string[] | null;
            /** Like */
            like_?: string | null;
            /** Not Any */
            not_any_?: string[] | null;
            /** Startswith */
            startswith_?: string | null;
        };
        /**
         * TimeCriterion
         * @description ``after_`` is inclusive, ``before_`` is not. A time without a zone is UTC.
         */
        TimeCriterion: {
            /** After */
            after_?: string | null;
            /** Before */
            before_?: string | null;
            /** Is Null */
            is_null_?: boolean | null;
        };
        /**
         * TimeSpent
         * @description Seconds, summed over the ``task_runs`` task runs of a flow run and of its subflow runs, which may overlap.
         *
         *     ``user_seconds`` in the bodies of tasks (of a flow without any: in its own), ``waiting_seconds`` from their calls until
         *     their bodies could run (upstreams, slots, threads, retries), ``serialisation_seconds`` with stored results, and
         *     ``orchestration_seconds`` in Armillary itself.
         */
        TimeSpent: {
            /** Flow Run Id */
            flow_run_id: string;
            /** Orchestration Seconds */
            orchestration_seconds: number;
            /** Serialisation Seconds */
            serialisation_seconds: number;
            /** Task Runs */
            task_runs: number;
            /** User Seconds */
            user_seconds: number;
            /** Waiting Seconds */
            waiting_seconds: number;
        };
        /**
         * Variable
         * @description ``value`` is anything JSON can express.
         */
        Variable: {
            /** Created */
            created?: string | null;
            /** Name */
            name: string;
            /** Tags */
            tags?: string[];
            /** Updated */
            updated?: string | null;
            /** Value */
            value: unknown;
        };
        /** VariableValue */
        VariableValue: {
            /**
             * Tags
             * @default []
             */
            tags?: string[];
            /** Value */
            value: unknown;
        };
        /** Version */
        Version: {
            /** Python */
            python: string;
            /** Version */
            version: string;
        };
        /**
         * WaitedFor
         * @description Something another run or row must do first: ``kind`` is the noun, ``state_type`` that of a run.
         */
        WaitedFor: {
            /** Id */
            id: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            state_type?: components["schemas"]["StateType"] | null;
        };
        /**
         * Waiting
         * @description ``reasons`` all hold; a run that runs or has ended has none.
         */
        Waiting: {
            /** Reasons */
            reasons?: components["schemas"]["WaitingReason"][];
            /** Run Id */
            run_id: string;
            /** State Name */
            state_name: string;
            state_type: components["schemas"]["StateType"];
        };
        /**
         * WaitingReason
         * @description ``message`` is for people. ``waited_for`` names at most 20 of the ``many`` things; ``until`` is when a wait for a time
         *     ends.
         */
        WaitingReason: {
            kind: components["schemas"]["WaitsFor"];
            /**
             * Many
             * @default 0
             */
            many?: number;
            /** Message */
            message: string;
            /** Until */
            until?: string | null;
            /** Waited For */
            waited_for?: components["schemas"]["WaitedFor"][];
        };
        /**
         * WaitsFor
         * @enum {string}
         */
        WaitsFor: "due_time" | "retry" | "dependency" | "flow_run" | "worker" | "slot" | "queue_limit" | "queue_paused" | "deployment_limit" | "no_queue" | "no_agent" | "agent_limit" | "start" | "resume" | "cancelling";
        /**
         * WorkQueue
         * @description A lower ``priority`` goes first. ``concurrency_limit``: most runs of the queue at once.
         */
        WorkQueue: {
            /** Concurrency Limit */
            concurrency_limit?: number | null;
            /**
             * Created
             * Format: date-time
             */
            created: string;
            /** Description */
            description?: string | null;
            filter?: components["schemas"]["QueueFilter"];
            /** Id */
            id: string;
            /** Last Polled */
            last_polled?: string | null;
            /** Name */
            name: string;
            /**
             * Paused
             * @default false
             */
            paused?: boolean;
            /**
             * Priority
             * @default 100
             */
            priority?: number;
            /**
             * Updated
             * Format: date-time
             */
            updated: string;
        };
        /**
         * WorkQueueChanges
         * @description What is left out stays; a ``description`` of null takes it away, ``no_concurrency_limit`` the limit.
         */
        WorkQueueChanges: {
            /** Concurrency Limit */
            concurrency_limit?: number | null;
            /** Description */
            description?: string | null;
            filter?: components["schemas"]["Selection"] | null;
            /** Name */
            name?: string | null;
            /**
             * No Concurrency Limit
             * @default false
             */
            no_concurrency_limit?: boolean;
            /** Paused */
            paused?: boolean | null;
            /** Priority */
            priority?: number | null;
        };
        /**
         * WorkQueueTried
         * @description ``id``: of the queue that would be changed so; none for a new one.
         */
        WorkQueueTried: {
            /**
             * @default {
             *       "deployment_ids": [],
             *       "flow_runner_types": [],
             *       "tags": []
             *     }
             */
            filter?: components["schemas"]["Selection"];
            /** Id */
            id?: string | null;
            /**
             * Name
             * @default
             */
            name?: string;
            /**
             * Priority
             * @default 100
             */
            priority?: number;
        };
        /**
         * WorkQueueWanted
         * @description A lower ``priority`` goes first. An empty filter selects nothing by itself: deployments may name the queue.
         */
        WorkQueueWanted: {
            /** Concurrency Limit */
            concurrency_limit?: number | null;
            /** Description */
            description?: string | null;
            /**
             * @default {
             *       "deployment_ids": [],
             *       "flow_runner_types": [],
             *       "tags": []
             *     }
             */
            filter?: components["schemas"]["Selection"];
            /** Name */
            name: string;
            /**
             * Paused
             * @default false
             */
            paused?: boolean;
            /**
             * Priority
             * @default 100
             */
            priority?: number;
        };
        /**
         * Worker
         * @description ``slots``: most runs at once. ``held``: the root runs it has now.
         */
        Worker: {
            /**
             * Alive
             * @default true
             */
            alive?: boolean;
            /** Held */
            held?: string[];
            /** Host */
            host: string;
            /** Id */
            id: string;
            /**
             * Last Heartbeat
             * Format: date-time
             */
            last_heartbeat: string;
            /** Name */
            name: string;
            /** Pid */
            pid: number;
            /** Queues */
            queues?: string[];
            /** Slots */
            slots?: number | null;
            /**
             * Started
             * Format: date-time
             */
            started: string;
            /** Stopped */
            stopped?: string | null;
            /** Version */
            version: string;
        };
        /** WorkerBody */
        WorkerBody: {
            /** Host */
            host: string;
            /** Name */
            name: string;
            /** Pid */
            pid: number;
            /**
             * Queues
             * @default []
             */
            queues?: string[];
            /** Slots */
            slots?: number | null;
            /** Version */
            version: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
