import './style/tokens.css'
import './style/base.css'
import './style/more.css'
import './style/shell.css'
import './style/charts.css'
import { render } from 'preact'

import { App } from './app.tsx'
import { createApp } from './state/app.ts'
import { beat } from './state/beat.ts'

const state = createApp(window)
beat(state, document)
render(<App state={state} />, document.body)
