/** A volume of the Engine API v1.41: a bare object, since files of volumes are not simulated. */
export interface VolumeResource {
  CreatedAt: string;
  Driver: string;
  Labels: Record<string, string> | null;
  Mountpoint: string;
  Name: string;
  Options: Record<string, string> | null;
  Scope: string;
  /** Only in GET /system/df. */
  UsageData?: { RefCount: number; Size: number };
}

/** POST /volumes/create */
export interface VolumeCreateRequest {
  /** Empty: the engine makes one up. */
  Name: string;
  Driver: string;
  DriverOpts: Record<string, string>;
  Labels: Record<string, string>;
}
