/** The properties of Express' router, 2.3 and later, that are read. None is changed. */
export interface Layer {
  readonly name: string
  readonly route?: Route | undefined
  readonly handle: Handler
  /** The registered path. Absent in older routers. */
  readonly rawPath?: Pattern | readonly Pattern[]
  match(path: string): false | { readonly path: string; readonly pattern: Pattern }
}

export interface Route {
  readonly path: Pattern | readonly Pattern[]
  readonly methods: Readonly<Record<string, boolean>>
}

type Pattern = string | RegExp

/** The function of a layer. A router has a stack. */
interface Handler {
  readonly stack?: readonly Layer[]
  /** The original function, if an OpenTelemetry instrumentation has wrapped it. */
  readonly __original?: Handler
}
