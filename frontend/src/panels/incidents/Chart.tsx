/** A chart by ECharts: made once, told anew what it shows, and put away with the panel. */
import { BarChart, type BarSeriesOption } from 'echarts/charts';
import { AriaComponent, GridComponent, type GridComponentOption, TooltipComponent } from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export type ChartOption = ComposeOption<BarSeriesOption | GridComponentOption>;

const INK = '#93a7bd';
const FONT = '"Noto Sans SC", system-ui, sans-serif';

/** Looks that all charts share. */
const base: ChartOption = {
  animation: false,
  textStyle: { fontFamily: FONT, color: INK },
  tooltip: {
    trigger: 'axis',
    axisPointer: { type: 'shadow' },
    backgroundColor: '#0f1b2a',
    borderColor: 'rgba(120,160,205,0.28)',
    textStyle: { color: '#dbe6f2', fontSize: 12 },
  },
  aria: { enabled: true },
};

interface Props {
  id: string;
  label: string;
  height: number;
  option: ChartOption;
  onBar?: (index: number) => void;
}

export function Chart({ id, label, height, option, onBar }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const pressed = useRef(onBar);
  pressed.current = onBar;
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const made = init(element, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('click', ({ dataIndex }) => pressed.current?.(dataIndex));
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption({ ...base, ...option }, { notMerge: true });
  }, [option]);
  return <div id={id} ref={holder} role="img" aria-label={label} style={{ height }} />;
}
