/** From link to link in a table's body by arrows, Home and End: one stop of the Tab key for the whole of it. */

/** Where a key leads from a link; `null` where the key is not one of these, or there is nothing in that direction. */
export function linkFrom(link: Element, event: KeyboardEvent): HTMLAnchorElement | null {
  if (event.altKey || event.metaKey || event.isComposing) return null;
  const cell = link.closest<HTMLTableCellElement>('td, th');
  const row = cell?.closest('tr');
  if (!cell || !row) return null;
  const cells = [...row.cells];
  switch (event.key) {
    case 'ArrowRight':
      return firstLink(cells.slice(cell.cellIndex + 1));
    case 'ArrowLeft':
      return firstLink(cells.slice(0, cell.cellIndex).reverse());
    case 'ArrowDown':
      return firstLink(below(row, cell.cellIndex, 'nextElementSibling'));
    case 'ArrowUp':
      return firstLink(below(row, cell.cellIndex, 'previousElementSibling'));
    case 'Home':
      return firstLink(event.ctrlKey ? allCells(row) : cells);
    case 'End':
      return firstLink((event.ctrlKey ? allCells(row) : cells).reverse());
    default:
      return null;
  }
}

function firstLink(cells: HTMLTableCellElement[]): HTMLAnchorElement | null {
  for (const cell of cells) {
    const link = cell.querySelector('a');
    if (link) return link;
  }
  return null;
}

/** The cells of one column from the next row on, in one of the two directions. */
function below(
  from: HTMLTableRowElement,
  column: number,
  step: 'nextElementSibling' | 'previousElementSibling',
): HTMLTableCellElement[] {
  const found: HTMLTableCellElement[] = [];
  for (let row = from[step]; row instanceof HTMLTableRowElement; row = row[step]) {
    const cell = row.cells[column];
    if (cell) found.push(cell);
  }
  return found;
}

function allCells(row: HTMLTableRowElement): HTMLTableCellElement[] {
  return [...(row.parentElement?.querySelectorAll<HTMLTableCellElement>('td, th') ?? [])];
}
