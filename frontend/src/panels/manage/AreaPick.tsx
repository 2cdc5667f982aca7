import { TreeSelect } from 'antd';
import { useMemo } from 'react';
import type { Area } from '../../api/types';
import { useApp, useLang } from '../app';
import { titleOf } from '../cameraTree';
import type { Lang } from '../format';

export interface AreaNode {
  value: string;
  title: string;
  children: AreaNode[];
}

/** The areas as a tree, those of one parent by name; one whose parent is not there stands at the top. */
export function areaNodes(areas: readonly Area[], lang: Lang): AreaNode[] {
  const nodes = new Map(
    areas.map((area) => [area.code, { value: area.code, title: titleOf(area, lang), children: [] as AreaNode[] }]),
  );
  const roots: AreaNode[] = [];
  for (const area of areas) {
    const node = nodes.get(area.code);
    if (node) (nodes.get(area.parent)?.children ?? roots).push(node);
  }
  const words = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  const sort = (list: AreaNode[]) => {
    list.sort((a, b) => words.compare(a.title, b.title));
    for (const { children } of list) sort(children);
  };
  sort(roots);
  return roots;
}

interface Common {
  id?: string;
  label: string;
  placeholder?: string;
  /** stands above all areas, as the code `*` */
  everywhere?: string;
  allowClear?: boolean;
  size?: 'small' | 'middle';
}

type Props = Common &
  (
    | { multiple: true; value?: string[]; onChange?: (codes: string[]) => void }
    | { multiple?: false; value?: string | undefined; onChange?: (code: string | undefined) => void }
  );

/** One area or several, found by name. */
export function AreaPick({ id, label, placeholder, everywhere, allowClear = true, size = 'middle', ...rest }: Props) {
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const nodes = useMemo(() => areaNodes(areas, lang), [areas, lang]);
  const tree = everywhere === undefined ? nodes : [{ value: '*', title: everywhere, children: [] }, ...nodes];
  return (
    <TreeSelect
      {...(id !== undefined && { id })}
      aria-label={label}
      placeholder={placeholder}
      allowClear={allowClear}
      size={size}
      showSearch={{ treeNodeFilterProp: 'title' }}
      multiple={rest.multiple ?? false}
      treeData={tree}
      treeDefaultExpandedKeys={nodes.map(({ value }) => value)}
      value={rest.value as never}
      onChange={(value: unknown) => rest.onChange?.(value as never)}
      style={{ width: '100%', minWidth: 140 }}
      styles={{ popup: { root: { minWidth: 260 } } }}
    />
  );
}
