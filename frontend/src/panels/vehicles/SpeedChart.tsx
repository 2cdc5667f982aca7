/** Speed along a track by ECharts: the pointer over it, and a press, choose the time that is looked at. */
import { LineChart, type LineSeriesOption } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  type GridComponentOption,
  MarkAreaComponent,
  type MarkAreaComponentOption,
  MarkLineComponent,
  type MarkLineComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { profileOf, type Stop, type Track } from '../../model/track';
import { type CityTime, useCityTime } from '../replay/cityTime';

use([LineChart, GridComponent, MarkLineComponent, MarkAreaComponent, AriaComponent, SVGRenderer]);

type Option = ComposeOption<LineSeriesOption | GridComponentOption | MarkLineComponentOption | MarkAreaComponentOption>;

const INK = '#93a7bd';
const LINE = '#4aa8ff';
const FONT = '"Noto Sans SC", system-ui, sans-serif';
const HEIGHT_PX = 116;

const shaded = (stops: readonly Stop[]) =>
  stops.map(({ begin, end }) => [{ xAxis: begin }, { xAxis: end }] as [{ xAxis: number }, { xAxis: number }]);

function optionOf(track: Track, city: CityTime): Option {
  const [first, last] = [track.time[0] ?? track.span[0], track.time.at(-1) ?? track.span[1]];
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    aria: { enabled: true },
    grid: { left: 6, right: 14, top: 22, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'time',
      min: first,
      max: last,
      axisLabel: { color: INK, hideOverlap: true, formatter: (time: number) => city.moment(time, last).slice(0, -3) },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      name: 'km/h',
      nameTextStyle: { color: INK, align: 'left' },
      splitNumber: 3,
      minInterval: 1,
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: 'rgba(120,160,205,0.14)' } },
    },
    series: [
      {
        id: 'speed',
        type: 'line',
        data: profileOf(track),
        showSymbol: false,
        connectNulls: false,
        lineStyle: { color: LINE, width: 1.6 },
        areaStyle: { color: LINE, opacity: 0.14 },
        markArea: { silent: true, itemStyle: { color: '#ffd166', opacity: 0.16 }, data: shaded(track.stops) },
      },
    ],
  };
}

interface Props {
  track: Track;
  at: number | null;
  label: string;
  onAt: (time: number) => void;
}

export function SpeedChart({ track, at, label, onAt }: Props) {
  const city = useCityTime();
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const chosen = useRef(onAt);
  chosen.current = onAt;
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const made = init(element, undefined, { renderer: 'svg' });
    chart.current = made;
    const pick = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => {
      if (!made.containPixel('grid', [offsetX, offsetY])) return;
      const [time] = made.convertFromPixel('grid', [offsetX, offsetY]);
      if (time !== undefined) chosen.current(Math.round(time));
    };
    made.getZr().on('mousemove', pick);
    made.getZr().on('click', pick);
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(optionOf(track, city), { notMerge: true });
  }, [track, city]);
  useEffect(() => {
    const line = { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: '#ffffff', width: 1.2 } };
    const data = at === null ? [] : [{ xAxis: at }];
    chart.current?.setOption({ series: [{ id: 'speed', type: 'line', markLine: { ...line, data } }] } as Option);
  }, [at]);
  return <div id="speed-chart" ref={holder} role="img" aria-label={label} style={{ height: HEIGHT_PX }} />;
}
