package io.holdfast.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Java programs in processes of their own, with the class path and the options of the tests. */
final class ChildJvm {

  /** What the shaded jar brings must come from there. */
  private static final List<String> BROUGHT =
      List.of(
          "HdrHistogram-",
          "delta-",
          "httpclient5-",
          "httpcore5-",
          "jackson-dataformat-yaml-",
          "jackson-datatype-jdk8-",
          "jackson-module-blackbird-",
          "micrometer-",
          "openlineage-");

  private ChildJvm() {}

  /** Starts a program; its output goes to a file. */
  static Process start(
      List<String> options, Map<String, String> environment, Path output, String... program) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(opens());
    command.addAll(options);
    command.addAll(Arrays.asList(program));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jars and class folders of the tests, which Surefire and others hide in one jar. */
  static List<Path> classPath() {
    Set<Path> paths = new LinkedHashSet<>();
    for (ClassLoader loader = Thread.currentThread().getContextClassLoader();
        loader != null;
        loader = loader.getParent()) {
      if (loader instanceof URLClassLoader urls) {
        Arrays.stream(urls.getURLs()).map(URL::getPath).map(Path::of).forEach(paths::add);
      }
    }
    for (String property : List.of("surefire.test.class.path", "java.class.path")) {
      Stream.of(System.getProperty(property, "").split(java.io.File.pathSeparator, -1))
          .filter(entry -> !entry.isEmpty())
          .map(Path::of)
          .map(Path::toAbsolutePath)
          .forEach(paths::add);
    }
    return paths.stream()
        .filter(path -> !path.getFileName().toString().contains("booter"))
        .toList();
  }

  /** A folder that Spark takes for its installation: links to the jars that Maven brought. */
  static Path sparkHome(Path folder) {
    try {
      Path jars = Files.createDirectories(folder.resolve("jars"));
      for (Path path : classPath()) {
        String name = path.getFileName().toString();
        if (name.endsWith(".jar") && BROUGHT.stream().noneMatch(name::startsWith)) {
          Files.createSymbolicLink(jars.resolve(name), path);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What Java must open to Spark, as this process was told. */
  private static List<String> opens() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .toList();
  }

  static String joined(List<Path> paths) {
    return String.join(
        java.io.File.pathSeparator, paths.stream().map(Path::toString).toArray(String[]::new));
  }
}
