import { cell } from '../exportCameras';
import type { Column } from './DataTable';

/** A table as a file that spreadsheet programs read right, byte order mark included. */
export function csv<Row>(columns: Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...rows.map((row) => columns.map(({ value }) => cell(value(row)))),
  ];
  return `\uFEFF${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}
