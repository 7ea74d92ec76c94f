/** Keeps one broken panel from taking the page down; shows cause and remedy instead of a stack trace. */
import { Component, type ReactNode } from 'react';
import { word } from '../i18n/words.ts';

/** For developers: the browser's console. */
export function reportError(error: Error): void {
  console.error(error);
}

interface Props {
  readonly name: string;
  readonly onError: (error: Error) => void;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error) {
    this.props.onError(error);
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <section className="broken" role="alert">
        <h2>{word('app:broken.title', { name: this.props.name })}</h2>
        <p>{error.message}</p>
        <p>{word('app:broken.remedy')}</p>
        <button type="button" className="button" onClick={() => this.setState({ error: null })}>
          {word('app:broken.again')}
        </button>
      </section>
    );
  }
}
