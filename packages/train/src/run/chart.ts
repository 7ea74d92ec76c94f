/** Line charts as SVG text, drawn by ECharts without a page. Colours fit a light and a dark background. */
import { LineChart, type LineSeriesOption } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

export interface Series {
  readonly name: string;
  /** Null where there is no value: the line has a gap there. */
  readonly y: readonly (number | null)[];
  /** Drawn faint: raw values behind their mean. */
  readonly isFaint?: boolean;
}

export interface LineChartOptions {
  readonly title: string;
  /** Same length as the `y` of every series. */
  readonly x: readonly number[];
  readonly series: readonly Series[];
  readonly xName?: string;
  readonly yName?: string;
  readonly yRange?: readonly [number, number];
  readonly xRange?: readonly [number, number];
  readonly width?: number;
  readonly height?: number;
}

/** Distinct for the colour-blind (Okabe and Ito). */
const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#808080'];
const TEXT = { color: '#70757d', fontFamily: 'system-ui, sans-serif', fontSize: 12 };
const FAINT = 0.3;

/** The chart as one `<svg>` element. */
export function lineChart(options: LineChartOptions): string {
  const { title, x, series, width = 640, height = 280 } = options;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const named = series.filter(({ isFaint }) => !isFaint);
  const axis = {
    nameTextStyle: TEXT,
    axisLabel: { ...TEXT, formatter: (value: number) => String(Number(value.toPrecision(5))) },
    splitLine: { lineStyle: { color: '#8884' } },
  };
  const range = (given: readonly [number, number] | undefined) => ({ min: given?.[0], max: given?.[1] });
  chart.setOption({
    animation: false,
    color: PALETTE,
    title: { text: title, left: 8, top: 4, textStyle: { ...TEXT, fontSize: 14, fontWeight: 600 } },
    legend: {
      show: named.length > 1,
      top: 26,
      left: 4,
      icon: 'roundRect',
      itemWidth: 14,
      itemHeight: 4,
      itemGap: 18,
      textStyle: TEXT,
      data: named.map(({ name }) => name),
    },
    grid: { left: 64, right: 20, top: named.length > 1 ? 62 : 44, bottom: 44 },
    xAxis: {
      ...axis,
      ...range(options.xRange ?? ends(x)),
      type: 'value',
      name: options.xName ?? 'step',
      nameLocation: 'middle',
      nameGap: 26,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      ...range(options.yRange),
      type: 'value',
      scale: true,
      name: options.yName ?? '',
      nameLocation: 'middle',
      nameGap: 48,
    },
    series: series.map((one, index) => seriesOption(one, x, colourOf(series, index))),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** A faint series has the colour of the one after it, whose raw values it shows. */
function colourOf(series: readonly Series[], index: number): string {
  const before = series.slice(0, index).filter(({ isFaint }) => !isFaint).length;
  return PALETTE[before % PALETTE.length]!;
}

function seriesOption(one: Series, x: readonly number[], colour: string): LineSeriesOption {
  return {
    type: 'line',
    name: one.name,
    data: x.map((at, index) => [at, one.y[index] ?? '-']),
    showSymbol: one.y.length === 1,
    symbolSize: 5,
    color: colour,
    lineStyle: { width: one.isFaint ? 1 : 2, opacity: one.isFaint ? FAINT : 1 },
  };
}

function ends(x: readonly number[]): readonly [number, number] | undefined {
  return x.length > 1 ? [Math.min(...x), Math.max(...x)] : undefined;
}
