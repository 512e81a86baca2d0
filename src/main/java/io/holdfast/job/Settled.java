package io.holdfast.job;

import io.holdfast.config.Setting;

/** The configuration as a job may know it. */
public interface Settled {

  /** The typed settings that the job declared. */
  <T extends Record> T settings(Setting<T> setting);
}
