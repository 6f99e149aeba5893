import { Dialog } from '../parts/dialog.tsx'
import { FIND_KEY, PLACES } from './places.ts'

type Group = readonly [title: string, keys: ReadonlyArray<readonly [keys: string, text: string]>]

const KEYS: readonly Group[] = [
  [
    'Anywhere',
    [
      [FIND_KEY, 'find a service, route, or pasted id'],
      ['/', 'search this page'],
      ['?', 'this help'],
      ['Esc', 'close, or one step back'],
      ['l', 'live on or off'],
      ['[ ]', 'earlier, later'],
      ['z', 'undo the last zoom'],
      ['c', 'copy a link to this view'],
    ],
  ],
  [
    'Go to',
    [...PLACES.map(([, text, key]) => [`g ${key}`, text] as const), ['g s', 'worst service'], ['g h', 'Hub']],
  ],
  [
    'In a list or chart',
    [
      ['j k', 'next, previous'],
      ['Enter', 'open'],
      ['← →', 'move the sightline'],
      ['Space', 'pin the sightline'],
      ['e', 'explain the selection'],
      ['f', 'find in a trace'],
      ['o', 'open the trace of a line'],
    ],
  ],
]

/** The keys of all pages. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog class="keys" label="Keys" onClose={onClose}>
      <header>
        <h2>Keys</h2>
        <button class="btn bare" type="button" onClick={onClose}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      <div class="cols">
        {KEYS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([names, text]) => (
                <div key={names}>
                  <dt>
                    {names.split(' ').map((name) => (
                      <>
                        <kbd>{name}</kbd>{' '}
                      </>
                    ))}
                  </dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
