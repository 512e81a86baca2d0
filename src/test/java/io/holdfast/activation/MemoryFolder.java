package io.holdfast.activation;

import io.holdfast.job.Folder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A folder whose files a test can look into. */
final class MemoryFolder implements Folder {

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final List<Written> written = new ArrayList<>();

  @Override
  public Written write(String name, Content content) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      content.writeTo(out);
      files.put(name, out.toByteArray());
      Written one = new Written(name, out.size(), sha256(out.toByteArray()));
      written.add(one);
      return one;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Written> written() {
    return written;
  }

  byte[] file(String name) {
    return files.get(name);
  }

  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    files.forEach(
        (name, bytes) ->
            texts.put(name, new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
    return texts;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
