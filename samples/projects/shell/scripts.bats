setup() { cd "$BATS_TEST_DIRNAME"; }

@test "the plan has seven sprites" {
  [ "$(wc -l < assets/atlas.plan)" -eq 7 ]
}

@test "release says what it releases" {
  run bash scripts/release.sh 1.5.0
  [ "$status" -eq 0 ]
  [ "$output" = "releasing 1.5.0" ]
}

@test "the atlas is baked" {
  bash scripts/bake-atlas.sh assets/atlas.plan
}

@test "no tabs in the scripts" {
  ! grep -rn "$(printf '\t')" scripts
}
