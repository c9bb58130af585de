/// Lines of the kinds that logs are full of.
enum TypicalText {
  static let lines = #"""
    ##[group]Run actions/checkout@v4
    ##[endgroup]
      with:
        repository: example/project
        token: ***
    [command]/usr/bin/git version
    git version 2.43.0
    [command]/usr/bin/git config --local --get-regexp core\.sshCommand
    remote: Enumerating objects: 1204, done.
    remote: Counting objects: 100% (1204/1204), done.
     * [new branch]              main       -> origin/main
     * [new tag]                 v1.4.2     -> v1.4.2
    HEAD is now at 3f2a91c Fix the test of the parser (#1204)
    env: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    + sudo apt-get install -y build-essential cmake libssl-dev
    Get:12 http://archive.ubuntu.com/ubuntu jammy/main amd64 libcurl4 amd64 7.81.0-1ubuntu1.16 [289 kB]
    Reading package lists... Building dependency tree... Reading state information...
    Selecting previously unselected package libxml2-dev:amd64.
    Preparing to unpack .../12-libicu-dev_70.1-2_amd64.deb ...
    Unpacking libicu-dev:amd64 (70.1-2) ...
    Setting up libicu-dev:amd64 (70.1-2) ...
    Processing triggers for man-db (2.10.2-1) ...
    #14 12.44 sha256:5a0b72c3d9e84f1766b0a9e13c5d7f2e8b4a6c1d0f9e3b5a7c2d4f6e8a1b3c5d 12.58MB / 28.22MB 0.4s
    #15 extracting sha256:5a0b72c3d9e84f17 1.2s done
    Step 7/22 : RUN pip install --no-cache-dir -r requirements.txt
     ---> Running in 4c01db0b339c
    a3ed95caeb02: Pull complete
    Requirement already satisfied: numpy>=1.21 in /opt/hostedtoolcache/Python/3.11.9/x64/lib/python3.11/site-packages (1.26.4)
    Collecting requests==2.31.0 (from -r requirements.txt (line 4))
      Downloading requests-2.31.0-py3-none-any.whl (62 kB)
    Installing collected packages: urllib3, idna, certifi, charset-normalizer, requests
    Successfully installed certifi-2024.2.2 idna-3.6 requests-2.31.0
    npm http fetch GET 200 https://registry.npmjs.org/lodash 214ms (cache miss)
    npm WARN deprecated inflight@1.0.6: This module is not supported, and leaks memory. Do not use it.
    npm timing idealTree:#root Completed in 1204ms
    npm info run esbuild@0.19.12 postinstall node_modules/esbuild node install.js
    added 1204 packages, and audited 1205 packages in 34s
    yarn run v1.22.22
    Downloading from central: https://repo.maven.apache.org/maven2/org/apache/maven/plugins/maven-clean-plugin/3.2.0/maven-clean-plugin-3.2.0.pom
    Downloaded from central: https://repo.maven.apache.org/maven2/org/apache/commons/commons-lang3/3.12.0/commons-lang3-3.12.0.jar (587 kB at 4.1 MB/s)
    Progress (1): 1.2/4.5 MB
    [INFO] --- maven-compiler-plugin:3.11.0:compile (default-compile) @ project-core ---
    [INFO] Compiling 120 source files with javac [debug release 17] to target/classes
    [INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.412 s -- in org.example.project.CoreServiceTest
    [WARNING] Some problems were encountered while building the effective model
    > Task :core:compileJava UP-TO-DATE
    > Task :core:processResources FROM-CACHE
    > Task :app:test
    org.example.ParserTest > parsesNumbers() PASSED
        at org.junit.platform.engine.support.hierarchical.NodeTestTask.execute(NodeTestTask.java:135)
        at java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)
    Caused by: java.lang.IllegalStateException: null
    [ 42%] Building CXX object src/CMakeFiles/core.dir/parser/lexer.cpp.o
    [1204/6120] Building CXX object caffe2/CMakeFiles/torch_cpu.dir/__/aten/src/ATen/native/Convolution.cpp.o
    [1205/6120] /usr/bin/c++ -DHAVE_CONFIG_H -D_FILE_OFFSET_BITS=64 -I/home/runner/work/project/include -isystem /usr/include -Wall -Wextra
    -Werror=return-type -Wno-unused-parameter -O3 -DNDEBUG -fPIC -std=gnu++17 -MD -MT src/main.cpp.o -MF src/main.cpp.o.d -o src/main.cpp.o -c
    -- Performing Test HAVE_FLAG_SEARCH_PATHS_FIRST - Success
    -- Looking for pthread_create in pthread - found
    checking for gcc option to enable C11 features... none needed
    gcc -g -O2 -c -o parser.o parser.c
    make[1]: Entering directory '/home/runner/work/project/build'
    make[1]: Leaving directory '/home/runner/work/project/build'
    ar rcs libcore.a lexer.o parser.o
    /home/runner/work/project/src/main.cpp:120:14: warning: unused variable 'count' [-Wunused-variable]
      120 |     auto count = table.size();
          |          ^~~~~
    In file included from /home/runner/work/project/include/core/table.h:20,
    note: candidate: 'template<class T> void std::vector<T>::push_back(const T&)'
       Compiling serde_json v1.0.114
        Finished `dev` profile [unoptimized + debuginfo] target(s) in 34.12s
         Running unittests src/lib.rs (target/debug/deps/project-5a0b72c3d9e84f17)
    test parser::tests::reads_numbers ... ok
    test result: ok. 120 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.12s
    go: downloading golang.org/x/sync v0.6.0
    === RUN   TestParser/reads_numbers
    --- PASS: TestParser (0.12s)
        --- PASS: TestParser/reads_numbers (0.00s)
    ok  	github.com/example/project/internal/parser	0.412s
    ?   	github.com/example/project/cmd	[no test files]
    I0301 12:04:12.120412    4120 controller.go:204] reconciled deployment default/web in 12.4ms
    ============================= test session starts ==============================
    platform linux -- Python 3.11.9, pytest-8.1.1, pluggy-1.4.0 -- /usr/bin/python
    collected 1204 items
    tests/test_parser.py::TestNumbers::test_reads_decimal PASSED                 [ 42%]
    tests/test_parser.py ........................................ssss......x.. [ 57%]
    test/test_ops.py::TestCommonCPU::test_dtypes_nn_functional_conv2d_cpu_float32 PASSED [0.0412s] [ 42%]
    test_numpy_ref_linalg_cpu_complex128 (__main__.TestCommonCPU) ... ok (0.041s)
    test_save_load (__main__.TestJit) ... skipped 'requires CUDA'
    ================= 1204 passed, 12 skipped, 3 warnings in 84.12s (0:01:24) =================
      File "/usr/lib/python3.11/site-packages/torch/nn/modules/module.py", line 1204, in forward
        return self._call_impl(*args, **kwargs)
    Traceback (most recent call last):
     PASS  src/components/button.test.tsx (5.412 s)
        ✓ renders the label (12 ms)
        ✔ should return the default value
      1204 passing (12s)
    Test Suites: 12 passed, 12 total
    webpack 5.90.3 compiled successfully in 12041 ms
    dist/assets/index-5a0b72c3.js   412.04 kB │ gzip: 120.41 kB
    2024-03-01 12:04:12,120 INFO  [org.example.core.Service] (main) Started in 1.204 seconds, listening on 0.0.0.0:8080
    2024-03-01 12:04:12.120 DEBUG 4120 --- [pool-1-thread-2] o.e.c.ConnectionPool : connection added, total=4 active=1 retries=0 errors=0
    {"level":"info","ts":"2024-03-01T12:04:12.120Z","msg":"request done","method":"GET","path":"/api/v1/users","status":200,"duration_ms":12}
    Uploading artifact: build/reports/tests/test/index.html
    travis_fold:end:install
    travis_time:end:05cd6ee0:start=1461347862093147200,finish=1461347879263093010,duration=17169945810
    The command "make test" exited with 0.
    Post job cleanup.
    0123456789abcdef0123456789abcdef01234567 refs/heads/feature/update-dependencies
    ----------------------------------------------------------------------
    ################################################################ 100.0%
    """#
}
