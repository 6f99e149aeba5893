import { useSignal } from '@preact/signals'

import { type Call, foldedText, stackOf } from '../../errors/stack.ts'

/** A stack: the application's own calls in front, those of libraries folded. All in their order on demand. */
export function StackView({ stack }: { stack: string }) {
  const isWhole = useSignal(false)
  const { calls, causes } = stackOf(stack)
  const theirs = calls.filter(({ isOwn }) => !isOwn)
  return (
    <>
      <div class="head">
        <h3 id="h-stack" class="strong">
          Stack
        </h3>
        {theirs.length > 0 && (
          <span class="aside">
            <button
              class="linkish"
              type="button"
              aria-pressed={isWhole.value}
              onClick={() => (isWhole.value = !isWhole.value)}
            >
              {isWhole.value ? 'Own frames first' : `All ${calls.length} frames`}
            </button>
          </span>
        )}
      </div>
      {calls.length === 0 ? (
        <p class="muted">{stack === '' ? 'The error came without a stack.' : stack}</p>
      ) : (
        <Calls calls={calls} isWhole={isWhole.value} />
      )}
      {causes.map((cause, at) => (
        <div key={at} class="gap-top">
          <p class="inkc">
            <b>Caused by</b> <bdi>{cause.text}</bdi>
          </p>
          <Calls calls={cause.calls} isWhole={isWhole.value} />
        </div>
      ))}
    </>
  )
}

function Calls({ calls, isWhole }: { calls: readonly Call[]; isWhole: boolean }) {
  const theirs = calls.filter(({ isOwn }) => !isOwn)
  return (
    <ol class="stack">
      {calls
        .filter(({ isOwn }) => isWhole || isOwn)
        .map(({ name, file, line, isOwn, text }, at) => (
          <li key={at} class={isOwn ? 'own' : 'theirs'}>
            <p class="inkc" title={text}>
              <code>
                <bdi>{name || 'anonymous'}</bdi>
              </code>{' '}
              <span class="muted">
                <bdi>
                  {file}
                  {line !== undefined && `:${line}`}
                </bdi>
              </span>
            </p>
          </li>
        ))}
      {!isWhole && theirs.length > 0 && (
        <li class="theirs">
          <p>{foldedText(theirs)}</p>
        </li>
      )}
    </ol>
  )
}
