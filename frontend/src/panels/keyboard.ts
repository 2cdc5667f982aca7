/** Keys for what is done a hundred times a day; moving the map by keys is the scene's. */
import { useEffect } from 'react';
import { ROLES } from '../model/classes';
import type { Tool } from '../model/state';
import type { AppStore } from '../model/store';
import { toggleWall, WALL_KEY } from './video/wallKey';

const TOOL_KEYS: Record<string, Tool> = { v: 'select', m: 'distance', p: 'area', h: 'height', l: 'sight' };

const WRITTEN = 'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable="true"]';

export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches(WRITTEN);
}

function chooseRole(store: AppStore, index: number): void {
  const { link, select } = store.getState();
  const role = ROLES[index];
  const id = role && link?.recommended[role];
  if (id) select({ kind: 'camera', id });
}

/** One step back: the tool, then the wall, the newest picture, the camera, the place. */
function stepBack(store: AppStore): void {
  const { tool, selection, click, pictures, setTool, select, setClick, closePicture } = store.getState();
  const { incident, checkpoint, unit, openIncident, openCheckpoint, openUnit, wall, setWall } = store.getState();
  const picture = pictures.at(-1);
  if (tool !== 'select') setTool('select');
  else if (wall) setWall(wall.solo === null ? null : { ...wall, solo: null });
  else if (picture !== undefined) closePicture(picture);
  else if (selection) select(null);
  else if (unit) openUnit(null);
  else if (checkpoint) openCheckpoint(null);
  else if (incident) openIncident(null);
  else if (click) setClick(null);
}

function moveInList(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('.dock.right .card:not(.none), .dock.right .hit')];
  if (rows.length === 0) return false;
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
  return true;
}

export function useKeyboard(store: AppStore, openHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      // A picture has arrow keys, Enter and Esc of its own.
      if (event.target instanceof Element && event.target.closest('.pictureview')) return;
      // What is folded out is folded in first, by itself.
      if (event.key === 'Escape' && event.target instanceof Element && event.target.ariaExpanded === 'true') return;
      // In Manage the map has no tools.
      if (store.getState().workspace === 'manage' && event.key !== '?') return;
      const tool = TOOL_KEYS[event.key.toLowerCase()];
      const inList = document.activeElement?.closest('.dock.right') !== null;
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('search')?.focus();
      } else if (event.key === '?') openHelp();
      else if (event.key >= '1' && event.key <= '3') chooseRole(store, Number(event.key) - 1);
      else if (event.key === 'Escape') stepBack(store);
      else if (event.key.toLowerCase() === WALL_KEY) toggleWall(store);
      else if (tool) store.getState().setTool(tool);
      else if (inList && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        if (moveInList(event.key === 'ArrowDown' ? 1 : -1)) {
          event.preventDefault();
          event.stopPropagation();
        }
      }
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [store, openHelp]);
}
