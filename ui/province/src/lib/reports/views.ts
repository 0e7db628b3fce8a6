/** What the server says of tables and targets. */
import type { components } from '@rasoat/shared/api/index';

type Schemas = components['schemas'];
export type ReportsView = Schemas['ReportsView'];
export type TableView = Schemas['ReportTableView'];
export type Column = Schemas['ReportColumnView'];
export type Row = Schemas['ReportRowView'];
export type Cell = Schemas['ReportCellView'];
export type Of = Schemas['ReportOfView'];
export type TargetsView = Schemas['TargetsView'];
export type TargetView = Schemas['TargetView'];
export type Figure = Schemas['FigureView'];
