// The package has these types, but its `exports` of this version lead no compiler to them.
declare module '@prometheus-io/lezer-promql' {
  export const parser: import('@lezer/lr').LRParser
}
