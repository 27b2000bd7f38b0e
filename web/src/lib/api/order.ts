/**
 * What an order is made of, comes after, asks for, and what happened to it.
 */
import { change, http, settle } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type WorkOrder = Schemas['WorkOrder'];
export type ChangeWorkOrder = Schemas['ChangeWorkOrder'];
export type BomLine = Schemas['BomLine'];
export type NewBomLine = Schemas['SetBomLine'];
export type Dependency = Schemas['Dependency'];
export type Successor = Schemas['Successor'];
export type NewDependency = Schemas['AddDependency'];
export type LogEntry = Schemas['ProductionLog'];
export type NewLogEntry = Schemas['NoteProduction'];
export type Progress = Schemas['ReportProgress'];
export type SkillRequirement = Schemas['SkillRequirement'];
export type Decision = Schemas['DecideQuality'];

const path = (id: string) => ({ path: { id } });
const match = (version: number) => ({ 'If-Match': `"${version}"` });

export const order = (id: string) =>
  settle(http.GET('/api/v1/work-orders/{id}', { params: path(id) }));
export const changeOrder = (id: string, version: number, body: ChangeWorkOrder) =>
  change((header) =>
    http.PATCH('/api/v1/work-orders/{id}', {
      params: { ...path(id), header: { ...header, ...match(version) } },
      body,
    }),
  );
export const reportProgress = (id: string, version: number, body: Progress) =>
  change((header) =>
    http.POST('/api/v1/work-orders/{id}/progress', {
      params: { ...path(id), header: { ...header, ...match(version) } },
      body,
    }),
  );
export const decideQuality = (id: string, body: Decision) =>
  change((header) =>
    http.POST('/api/v1/work-orders/{id}/quality', { params: { ...path(id), header }, body }),
  );

export const bom = (id: string) =>
  settle(http.GET('/api/v1/work-orders/{id}/bom', { params: path(id) }));
export const setBomLine = (id: string, body: NewBomLine) =>
  change((header) =>
    http.POST('/api/v1/work-orders/{id}/bom', { params: { ...path(id), header }, body }),
  );
export const removeBomLine = (id: string, bom_id: number) =>
  change((header) =>
    http.DELETE('/api/v1/work-orders/{id}/bom/{bom_id}', {
      params: { path: { id, bom_id }, header },
    }),
  );

export const dependencies = (id: string) =>
  settle(http.GET('/api/v1/work-orders/{id}/dependencies', { params: path(id) }));
export const successors = (id: string, limit: number) =>
  settle(
    http.GET('/api/v1/work-orders/{id}/successors', { params: { ...path(id), query: { limit } } }),
  );
export const addDependency = (id: string, body: NewDependency) =>
  change((header) =>
    http.POST('/api/v1/work-orders/{id}/dependencies', { params: { ...path(id), header }, body }),
  );
export const removeDependency = (id: string, dependency_id: number) =>
  change((header) =>
    http.DELETE('/api/v1/work-orders/{id}/dependencies/{dependency_id}', {
      params: { path: { id, dependency_id }, header },
    }),
  );

export const log = (id: string, limit: number) =>
  settle(http.GET('/api/v1/work-orders/{id}/logs', { params: { ...path(id), query: { limit } } }));
export const note = (id: string, body: NewLogEntry) =>
  change((header) =>
    http.POST('/api/v1/work-orders/{id}/logs', { params: { ...path(id), header }, body }),
  );

export const skillRequirements = (id: string) =>
  settle(http.GET('/api/v1/work-orders/{id}/skill-requirements', { params: path(id) }));
export const requireSkill = (id: string, body: Schemas['RequireSkillOfWorkOrder']) =>
  change((header) =>
    http.POST('/api/v1/work-orders/{id}/skill-requirements', {
      params: { ...path(id), header },
      body,
    }),
  );
export const dropRequirement = (id: number) =>
  change((header) =>
    http.DELETE('/api/v1/skill-requirements/{id}', { params: { path: { id }, header } }),
  );
