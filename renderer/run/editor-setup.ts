// The editor's extensions: Python, history, brackets, search, and a marked line where an error happened.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { python } from '@codemirror/lang-python'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, StateEffect, StateField, type Extension } from '@codemirror/state'
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder, WidgetType, type DecorationSet } from '@codemirror/view'
import { appearance } from '../lib/codemirror'
import type { ErrorPlace } from './traceback'

const setError = StateEffect.define<ErrorPlace | null>()

class ErrorMessage extends WidgetType {
  private readonly message: string

  constructor(message: string) {
    super()
    this.message = message
  }

  override eq(other: ErrorMessage): boolean { return other.message === this.message }

  override toDOM(): HTMLElement {
    const element = document.createElement('div')
    element.className = 'cm-error-message'
    element.setAttribute('role', 'note')
    element.textContent = this.message
    return element
  }
}

const errorField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    let next = transaction.docChanged ? shown.map(transaction.changes) : shown
    for (const effect of transaction.effects) {
      if (effect.is(setError)) next = effect.value ? decorate(transaction.state, effect.value) : Decoration.none
    }
    return next
  },
  provide: field => EditorView.decorations.from(field)
})

function decorate(state: EditorState, { line, column, endColumn, message }: ErrorPlace): DecorationSet {
  if (line < 1 || line > state.doc.lines) return Decoration.none
  const { from, to, text } = state.doc.line(line)
  const indent = text.length - text.trimStart().length
  const marks = [Decoration.line({ class: 'cm-error-line' }).range(from)]
  if (column !== null && endColumn !== null) {
    const start = Math.min(from + indent + column, to), end = Math.min(from + indent + endColumn, to)
    if (end > start) marks.push(Decoration.mark({ class: 'cm-error-place' }).range(start, end))
  }
  marks.push(Decoration.widget({ widget: new ErrorMessage(message), block: true, side: 1 }).range(to))
  return Decoration.set(marks)
}

/** Marks a line, brings it into sight; null takes the mark away. */
export function showError(view: EditorView, place: ErrorPlace | null): void {
  const effects: StateEffect<unknown>[] = [setError.of(place)]
  if (place && place.line >= 1 && place.line <= view.state.doc.lines) {
    effects.push(EditorView.scrollIntoView(view.state.doc.line(place.line).from, { y: 'center' }))
  }
  view.dispatch({ effects })
}

const errorTheme = EditorView.theme({
  '.cm-error-line': { backgroundColor: 'var(--bad-fill) !important', boxShadow: 'inset 3px 0 var(--bad)' },
  '.cm-error-place': { textDecoration: 'underline wavy var(--bad) 1.5px', textUnderlineOffset: '3px' },
  '.cm-error-message': {
    padding: '2px 12px 4px', backgroundColor: 'var(--bad-fill)', boxShadow: 'inset 3px 0 var(--bad)', color: 'var(--bad)',
    fontFamily: 'var(--font-ui)', fontSize: '12px', fontWeight: '540'
  }
})

export const editorExtensions = (label: string, onchange: (text: string) => void, onrun: () => void): Extension => [
  lineNumbers(), foldGutter(), highlightActiveLineGutter(), highlightActiveLine(), history(), drawSelection(), indentOnInput(),
  bracketMatching(), highlightSelectionMatches(), search({ top: false }), EditorState.allowMultipleSelections.of(true), indentUnit.of('    '),
  placeholder('Write or drop a script here, open one, or start with an example.'), EditorState.tabSize.of(4), python(), appearance, errorField, errorTheme,
  keymap.of([
    {
      key: 'Mod-Enter',
      run: () => {
        onrun()
        return true
      }
    },
    ...defaultKeymap.filter(binding => binding.key !== 'Alt-ArrowLeft' && binding.key !== 'Alt-ArrowRight' && binding.mac !== 'Ctrl-ArrowLeft'),
    ...historyKeymap, ...searchKeymap, ...foldKeymap, indentWithTab
  ]),
  EditorView.contentAttributes.of({ 'aria-label': label }),
  EditorView.updateListener.of(update => { if (update.docChanged) onchange(update.state.doc.toString()) })
]
