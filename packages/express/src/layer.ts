/** What is read of Express' router, 2.3 and later: nothing of it is changed. */
export interface Layer {
  readonly name: string
  readonly route?: Route | undefined
  readonly handle: Handler
  /** As registered. Absent: an older router, which does not say. */
  readonly rawPath?: Pattern | readonly Pattern[]
  match(path: string): false | { readonly path: string; readonly pattern: Pattern }
}

export interface Route {
  readonly path: Pattern | readonly Pattern[]
  readonly methods: Readonly<Record<string, boolean>>
}

export type Pattern = string | RegExp

/** A function in a layer. It has a stack where it is a router. */
export interface Handler {
  readonly stack?: readonly Layer[]
  /** The function itself, where an instrumentation of OpenTelemetry has laid its own over it. */
  readonly __original?: Handler
}
