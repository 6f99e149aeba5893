/** Whether `fn` ends within a time limit. Rejects with its error. Does not stop it at the limit. */
export async function isDoneWithin(ms: number, fn: () => unknown): Promise<boolean> {
  const over = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => over.resolve(false), ms)
  try {
    return await Promise.race([Promise.resolve(fn()).then(() => true), over.promise])
  } finally {
    clearTimeout(timer)
  }
}
