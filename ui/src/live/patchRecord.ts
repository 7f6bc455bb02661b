/** A whole record from the stream; null: it was deleted. */
export interface RecordChange {
  id: string;
  record?: object | null;
}

type Named = { id?: unknown; name?: unknown };

/** A list, or a page of one, with a record as it is now; new ones come last. Records without an id go by their name. */
export function patchRecord<Data>(data: Data, { id, record }: RecordChange): Data {
  if (Array.isArray(data)) return listWith(data as Named[], id, record) as Data;
  const page = data as { items?: Named[] } | undefined;
  return page && Array.isArray(page.items) ? ({ ...page, items: listWith(page.items, id, record) } as Data) : data;
}

function listWith(list: Named[], id: string, record: object | null | undefined): Named[] {
  const at = list.findIndex((each) => (each.id ?? each.name) === id);
  if (!record) return at < 0 ? list : list.toSpliced(at, 1);
  return at < 0 ? [...list, record] : list.with(at, record);
}
